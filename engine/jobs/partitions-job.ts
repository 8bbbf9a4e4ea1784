import type { FlowDeps } from '../flows/deps.ts';
import type { KeepPartitions, PartitionUpkeep } from './keep-partitions.ts';
import { keepPartitions } from './keep-partitions.ts';
import { repeatEvery } from './repeat-every.ts';

/** Months are made two ahead. */
const EVERY_MS = 6 * 3_600_000;

export type PartitionsJob = KeepPartitions & {
  readonly clock: Pick<FlowDeps['clock'], 'now'>;
  readonly onKept: (done: PartitionUpkeep) => void;
};

/**
 * Makes the next months before they begin, and takes away those that the policy does not keep. Rows of a
 * month that nobody has made are kept all the same, and moved when it is made.
 * @returns stops the job
 */
export function startPartitionsJob({ clock, onKept, ...keep }: PartitionsJob): () => Promise<void> {
  const look = async (): Promise<void> => onKept(await keepPartitions(keep, clock.now()));
  return repeatEvery(EVERY_MS, look, () => keep.log.warn('months-not-listed', {}));
}
