import type { BankLegReads, OpenLegs } from '../../ports/bank-legs.ts';

/** Open bank legs, and the age of the oldest reversal or repeated refund. */
export type Backlog = {
  readonly byState: readonly OpenLegs[];
  /** Number of reversals and repeated refunds, without legs that are sent for the first time. */
  readonly open: number;
  /** ms; 0 if nothing is open. */
  readonly oldestAgeMs: number;
};

/** Reads the backlog. Rejects with StoreUnavailable while the database is away. @param now ms */
export async function readBacklog(
  legs: Pick<BankLegReads, 'countOpenLegs'>,
  now: number,
): Promise<Backlog> {
  const byState = await legs.countOpenLegs();
  const waiting = byState.filter(({ state }) => state === 'reversing' || state === 'repeating');
  const open = waiting.reduce((sum, { count }) => sum + count, 0);
  const since = Math.min(now, ...waiting.map(({ oldestSince }) => oldestSince));
  return { byState, open, oldestAgeMs: now - since };
}
