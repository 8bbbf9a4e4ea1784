import type { FlowDeps } from '../flows/deps.ts';
import { readBacklog } from '../flows/leg/reversal-backlog.ts';
import type { BankLegReads } from '../ports/bank-legs.ts';
import { repeatEvery } from './repeat-every.ts';

export type ReversalWatch = Pick<FlowDeps, 'log'> & {
  readonly legs: Pick<BankLegReads, 'countOpenLegs'>;
  readonly clock: Pick<FlowDeps['clock'], 'now'>;
  /** ms; a reversal that is open for longer is a matter for people. */
  readonly alarmMs: number;
  readonly everyMs: number;
};

/**
 * Looks at the age of the oldest open reversal, and says so as an error for as long as it is above the limit.
 * It drops nothing and closes nothing.
 * @returns stops the watch
 */
export function startReversalWatch(watch: ReversalWatch): () => Promise<void> {
  const { legs, clock, log, alarmMs, everyMs } = watch;

  const look = async (): Promise<void> => {
    const { open, oldestAgeMs } = await readBacklog(legs, clock.now());
    if (oldestAgeMs <= alarmMs) return;
    log.error('reversal-backlog-old', { open, ageSeconds: Math.floor(oldestAgeMs / 1_000) });
  };
  return repeatEvery(everyMs, look, () => log.warn('reversal-backlog-not-read', {}));
}
