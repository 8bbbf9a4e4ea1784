import { causeOf } from '../base/errors/cause-of.ts';
import type { Clock } from '../ports/environment.ts';
import type { KeepPartitions, PartitionUpkeep } from './keep-partitions.ts';
import { keepPartitions } from './keep-partitions.ts';
import { repeatEvery } from './repeat-every.ts';

/** Interval of the job, ms. Partitions exist two months ahead, so a missed turn does no harm. */
const EVERY_MS = 6 * 3_600_000;

export type PartitionsJob = KeepPartitions & {
  readonly clock: Clock;
  readonly onKept: (done: PartitionUpkeep) => void;
};

/**
 * Creates the partitions of the next months and detaches those that the policy does not keep. Rows of a
 * month without a partition are stored all the same, and moved when the partition is created.
 * @returns stops the job
 */
export function startPartitionsJob({ clock, onKept, ...keep }: PartitionsJob): () => Promise<void> {
  const look = async (): Promise<void> => onKept(await keepPartitions(keep, clock.now()));
  return repeatEvery(EVERY_MS, look, (error) =>
    keep.log.warn('partition-listing-failed', { reason: causeOf(error) }),
  );
}
