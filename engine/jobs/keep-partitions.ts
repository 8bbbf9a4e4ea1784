import { causeOf } from '../base/errors/cause-of.ts';
import { addMonths, businessDateOf, monthOf } from '../base/time/calendar.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { KeepReason, Partitions } from '../ports/partitions.ts';

/**
 * A partition that is older than the policy keeps, and why it was not detached. `failed`: try again later.
 */
export type KeptPartition = {
  readonly month: string;
  readonly reason: KeepReason | 'failed';
};

/** Months ("2026_11") that were detached, and months that should have been. */
export type PartitionUpkeep = {
  readonly detached: readonly string[];
  readonly kept: readonly KeptPartition[];
};

export type KeepPartitions = {
  readonly partitions: Partitions;
  readonly log: FlowLog;
  /** How many months the policy keeps, including the current one; undefined: all. */
  readonly monthsKept: number | undefined;
};

/**
 * Creates the partitions of the next months, then detaches those older than the policy keeps, oldest first.
 * A partition that cannot be detached is logged, does not stop the others, and is tried again next time.
 * @param at ms
 */
export async function keepPartitions(
  { partitions, log, monthsKept }: KeepPartitions,
  at: number,
): Promise<PartitionUpkeep> {
  try {
    const created = await partitions.createAhead(at);
    if (created > 0) log.info('partitions-created', { partitions: created });
  } catch (error) {
    const reason = causeOf(error);
    log.warn('partition-creation-failed', { reason, try: 'yikatong months run' });
  }
  if (monthsKept === undefined) return { detached: [], kept: [] };
  const first = firstMonthKept(at, monthsKept);
  const old = (await partitions.list()).filter(({ month }) => month < first);
  const detached: string[] = [];
  const kept: KeptPartition[] = [];
  for (const { month } of old.toReversed()) {
    const reason = await detach(partitions, month);
    if (reason === undefined) {
      detached.push(month);
      log.info('partition-detached', { month });
    } else if (reason !== 'not-there') {
      // `not-there`: another engine has just detached it.
      kept.push({ month, reason });
      log.warn('partition-kept', { month, reason });
    }
  }
  return { detached, kept };
}

/** @returns undefined when the month was detached */
async function detach(
  partitions: KeepPartitions['partitions'],
  month: string,
): Promise<KeptPartition['reason'] | undefined> {
  try {
    const done = await partitions.detach(month);
    return done.ok ? undefined : done.error;
  } catch {
    return 'failed';
  }
}

function firstMonthKept(at: number, monthsKept: number): string {
  return addMonths(monthOf(businessDateOf(at)), 1 - monthsKept).replace('-', '_');
}
