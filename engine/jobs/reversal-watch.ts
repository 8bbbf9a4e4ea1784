import { causeOf } from '../base/errors/cause-of.ts';
import type { FlowDeps } from '../flows/deps.ts';
import { readBacklog } from '../flows/leg/reversal-backlog.ts';
import type { BankLegReads } from '../ports/bank-legs.ts';
import type { Clock } from '../ports/environment.ts';
import { repeatEvery } from './repeat-every.ts';

export type ReversalWatch = Pick<FlowDeps, 'log'> & {
  readonly legs: Pick<BankLegReads, 'countOpenLegs'>;
  readonly clock: Clock;
  /** ms; an operator must look at a reversal that is open for longer. */
  readonly alarmMs: number;
  readonly everyMs: number;
};

/**
 * Logs an error, each time it looks, while the oldest open reversal is older than `alarmMs`. Changes nothing.
 * @returns stops the watch
 */
export function startReversalWatch(watch: ReversalWatch): () => Promise<void> {
  const { legs, clock, log, alarmMs, everyMs } = watch;

  const look = async (): Promise<void> => {
    const { open, oldestAgeMs } = await readBacklog(legs, clock.now());
    if (oldestAgeMs <= alarmMs) return;
    log.error('reversal-limit-exceeded', { open, ageSeconds: Math.floor(oldestAgeMs / 1_000) });
  };
  return repeatEvery(everyMs, look, (error) =>
    log.warn('reversal-check-failed', { reason: causeOf(error) }),
  );
}
