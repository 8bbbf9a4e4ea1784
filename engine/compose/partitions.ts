/** Composition for the maintenance of partitions, which operators run beside a running engine. */
import type { Result } from '../base/errors/result.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { PartitionUpkeep } from '../jobs/keep-partitions.ts';
import { keepPartitions } from '../jobs/keep-partitions.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { KeepReason, MonthPartition, Partitions } from '../ports/partitions.ts';
import { openPartitions } from '../store/partitions/partitions.ts';

/** The attached partitions, newest first. */
export async function listPartitions(config: Config): Promise<readonly MonthPartition[]> {
  return withPartitions(config, (partitions) => partitions.list());
}

/** Detaches the partitions of a month ("2026_11"); its tables stay. */
export async function detachPartition(
  config: Config,
  month: string,
): Promise<Result<void, KeepReason>> {
  return withPartitions(config, (partitions) => partitions.detach(month));
}

/**
 * Runs the partitions job once, with the rights of this login and a long time limit.
 * @param report gets the log events
 */
export async function runPartitionUpkeep(
  config: Config,
  report: FlowLog['info'],
): Promise<PartitionUpkeep> {
  const log = { info: report, warn: report, error: report };
  const { monthsKept } = config;
  return withPartitions(config, (partitions) =>
    keepPartitions({ partitions, log, monthsKept }, Date.now()),
  );
}

/** Time limit for moving rows into a partition that was created late, ms. */
const ADD_TIMEOUT_MS = 3_600_000;

async function withPartitions<T>(
  config: Config,
  use: (partitions: Partitions) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
    const partitions = openPartitions({ url, addMs: ADD_TIMEOUT_MS });
    try {
      return await use(partitions);
    } finally {
      await partitions.close();
    }
  };
  return withDatabase(config, work, true);
}
