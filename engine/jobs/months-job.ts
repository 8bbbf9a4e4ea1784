import type { FlowDeps } from '../flows/deps.ts';
import type { Months } from '../ports/months.ts';
import { repeatEvery } from './repeat-every.ts';

/** Months are made two ahead. */
const EVERY_MS = 6 * 3_600_000;

/**
 * Makes the next months before they begin. Rows of a month that nobody has made are kept all the same, and
 * moved when it is made.
 * @returns stops the job
 */
export function startMonthsJob(
  months: Pick<Months, 'addMonths'>,
  { clock, log }: Pick<FlowDeps, 'clock' | 'log'>,
): () => Promise<void> {
  const look = async (): Promise<void> => {
    const made = await months.addMonths(clock.now());
    if (made > 0) log.info('months-made', { partitions: made });
  };
  return repeatEvery(EVERY_MS, look, () => log.warn('months-not-made', {}));
}
