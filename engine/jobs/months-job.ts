import type { FlowDeps } from '../flows/deps.ts';
import type { KeepMonths, MonthsKept } from './keep-months.ts';
import { keepMonths } from './keep-months.ts';
import { repeatEvery } from './repeat-every.ts';

/** Months are made two ahead. */
const EVERY_MS = 6 * 3_600_000;

export type MonthsJob = KeepMonths & {
  readonly clock: Pick<FlowDeps['clock'], 'now'>;
  readonly onKept: (done: MonthsKept) => void;
};

/**
 * Makes the next months before they begin, and takes away those that the policy does not keep. Rows of a
 * month that nobody has made are kept all the same, and moved when it is made.
 * @returns stops the job
 */
export function startMonthsJob({ clock, onKept, ...keep }: MonthsJob): () => Promise<void> {
  const look = async (): Promise<void> => onKept(await keepMonths(keep, clock.now()));
  return repeatEvery(EVERY_MS, look, () => keep.log.warn('months-not-listed', {}));
}
