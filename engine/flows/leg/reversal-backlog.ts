import type { BankLegReads, OpenLegs } from '../../ports/bank-legs.ts';

/** What waits for the bank: everything that is open, and how long the oldest reversal or repeated refund is. */
export type Backlog = {
  readonly byState: readonly OpenLegs[];
  /** Reversals and repeated refunds; a leg that is being sent for the first time is not one. */
  readonly open: number;
  /** ms; 0 if nothing is open. */
  readonly oldestAgeMs: number;
};

/** Rejects with StoreUnavailable while the database is away. */
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
