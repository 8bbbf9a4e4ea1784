import { causeOf } from '../base/errors/cause-of.ts';
import type { DeliveryDeps } from '../flows/bank-cards/deliver-messages.ts';
import { deliverBatch, deliverQueue } from '../flows/bank-cards/deliver-messages.ts';
import { repeatEvery } from './repeat-every.ts';

/** Cards and batches in delivery at one time. */
const CARDS_MAX = 50;
const BATCHES_MAX = 2;
/** Cards in one batch. */
const BATCH_ROWS_MAX = 1_000;

/**
 * Delivers what the cards' banks must know; looks every `everyMs`. Each look claims in the database what
 * it works on, so several engines share the work, and what an engine held that died is claimed again when
 * its lease ends.
 * @returns stops the job; resolves when running deliveries have ended
 */
export function startBankCardsJob(deps: DeliveryDeps, everyMs: number): () => Promise<void> {
  const inFlight = new Set<Promise<void>>();
  let isStopped = false;

  const run = (work: Promise<void>): void => {
    const guarded = work
      .catch((error: unknown) => deps.log.warn('card-delivery-failed', { reason: causeOf(error) }))
      .finally(() => inFlight.delete(guarded));
    inFlight.add(guarded);
  };
  const look = async (): Promise<void> => {
    const { messages, environment, leaseMs } = deps;
    const limit = CARDS_MAX - inFlight.size;
    if (isStopped || limit <= 0) return;
    await messages.formBatches({ at: environment.now(), rowsMax: BATCH_ROWS_MAX });
    const terms = { at: environment.now(), leaseMs };
    for (const batch of await messages.claimBatches({ ...terms, limit: BATCHES_MAX })) {
      run(deliverBatch(deps, batch));
    }
    for (const queue of await messages.claimQueues({ ...terms, limit })) {
      run(deliverQueue(deps, queue));
    }
  };
  const stopLooking = repeatEvery(everyMs, look, (error) =>
    deps.log.warn('card-delivery-lookup-failed', { reason: causeOf(error) }),
  );
  return async () => {
    isStopped = true;
    await stopLooking();
    await Promise.all(inFlight);
  };
}
