import { causeOf } from '../base/errors/cause-of.ts';
import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { FlowDeps } from '../flows/deps.ts';
import { finishBankLeg } from '../flows/leg/finish-bank-leg.ts';
import { repeatEvery } from './repeat-every.ts';

/** Legs that are worked on at the same time; the limit keeps a bank that is down from filling the memory. */
const IN_FLIGHT_MAX = 50;

/**
 * Looks every `everyMs` for bank legs that are due, and takes one step for each. Each step claims its leg in
 * the database first, so several engines share the work and the legs of an engine that dies are not lost.
 * @returns stops the job; resolves when the running steps have ended
 */
export function startBankLegsJob(deps: FlowDeps, everyMs: number): () => Promise<void> {
  const inFlight = new Map<string, Promise<void>>();
  let isStopped = false;

  const takeStep = async (leg: BankLeg): Promise<void> => {
    try {
      await finishBankLeg(deps, leg);
    } catch (error) {
      const reason = causeOf(error);
      deps.log.warn('bank-leg-postponement-failed', { settlement: leg.settlementId, reason });
    }
  };
  const look = async (): Promise<void> => {
    const due = await deps.store.dueBankLegs(deps.environment.now(), IN_FLIGHT_MAX);
    for (const leg of due) {
      if (isStopped) return;
      const name = `${leg.settlementId}:${leg.legNo}`;
      if (inFlight.has(name) || inFlight.size >= IN_FLIGHT_MAX) continue;
      inFlight.set(
        name,
        takeStep(leg).finally(() => inFlight.delete(name)),
      );
    }
  };
  const stopLooking = repeatEvery(everyMs, look, (error) =>
    deps.log.warn('bank-leg-lookup-failed', { reason: causeOf(error) }),
  );
  return async () => {
    isStopped = true;
    await stopLooking();
    await Promise.all(inFlight.values());
  };
}
