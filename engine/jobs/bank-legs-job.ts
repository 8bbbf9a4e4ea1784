import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { FlowDeps } from '../flows/deps.ts';
import { finishBankLeg } from '../flows/leg/finish-bank-leg.ts';
import { repeatEvery } from './repeat-every.ts';

/** How many legs are worked on side by side; a bank that is down must not fill the memory. */
const IN_FLIGHT_MAX = 50;

/**
 * Looks for bank legs whose time has come, every `everyMs`, and takes one step for each. What is open is in
 * the database, and each step begins with a claim: several engines share the work, and one that dies leaves
 * it to the others.
 * @returns stops the job; resolves when the steps under way are done
 */
export function startBankLegsJob(deps: FlowDeps, everyMs: number): () => Promise<void> {
  const inFlight = new Map<string, Promise<void>>();
  let isStopped = false;

  const takeStep = async (leg: BankLeg): Promise<void> => {
    try {
      await finishBankLeg(deps, leg);
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      deps.log.warn('bank-leg-not-put-off', { settlement: leg.settlementId, reason });
    }
  };
  const look = async (): Promise<void> => {
    const due = await deps.store.dueBankLegs(deps.clock.now(), IN_FLIGHT_MAX);
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
  const stopLooking = repeatEvery(everyMs, look, () => deps.log.warn('bank-legs-not-read', {}));
  return async () => {
    isStopped = true;
    await stopLooking();
    await Promise.all(inFlight.values());
  };
}
