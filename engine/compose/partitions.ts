/** The part of the composition root that looks after the months of the books, beside a running engine. */
import type { Result } from '../base/errors/result.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { PartitionUpkeep } from '../jobs/keep-partitions.ts';
import { keepPartitions } from '../jobs/keep-partitions.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { MonthPartition, Partitions, WhyPartitionKept } from '../ports/partitions.ts';
import { openPartitions } from '../store/partitions/partitions.ts';

/** Months that are part of the books, newest first. */
export async function listPartitions(config: Config): Promise<readonly MonthPartition[]> {
  return withMonths(config, (months) => months.listMonths());
}

/** Takes an old month out of the books; its tables stay. */
export async function detachPartition(
  config: Config,
  month: string,
): Promise<Result<void, WhyPartitionKept>> {
  return withMonths(config, (months) => months.detachMonth(month));
}

/** Does once what the engine's job does, by the same policy, with the rights of this login and no hurry. */
export async function runPartitionUpkeep(
  config: Config,
  tell: FlowLog['info'],
): Promise<PartitionUpkeep> {
  const log = { info: tell, warn: tell, error: tell };
  return withMonths(config, (months) =>
    keepPartitions({ months, log, kept: config.monthsKept }, Date.now()),
  );
}

/** Moving the rows of a month that nobody made in time may take this long, ms. */
const ADD_MS = 3_600_000;

async function withMonths<T>(config: Config, use: (months: Partitions) => Promise<T>): Promise<T> {
  const work = async (url: string): Promise<T> => {
    const months = openPartitions({ url, addMs: ADD_MS });
    try {
      return await use(months);
    } finally {
      await months.close();
    }
  };
  return withDatabase(config, work, true);
}
