import { addMonths, businessDateOf, monthOf } from '../base/time/calendar.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { Partitions, WhyPartitionKept } from '../ports/partitions.ts';

/** A month that the policy would take away and that stays, and why. `failed`: the database did not do it now. */
export type KeptPartition = {
  readonly month: string;
  readonly reason: WhyPartitionKept | 'failed';
};

/** What was done for the months of the books. */
export type PartitionUpkeep = {
  readonly detached: readonly string[];
  readonly stay: readonly KeptPartition[];
};

export type KeepPartitions = {
  readonly months: Pick<Partitions, 'addMonths' | 'listMonths' | 'detachMonth'>;
  readonly log: FlowLog;
  /** Months that stay, that of `at` among them; undefined: all. */
  readonly kept: number | undefined;
};

/**
 * Makes the next months, then takes those away that are older than the policy keeps, oldest first. A month
 * that stays is told and tried again next time; it keeps no other from its turn.
 * @param at ms
 */
export async function keepPartitions(
  { months, log, kept }: KeepPartitions,
  at: number,
): Promise<PartitionUpkeep> {
  try {
    const made = await months.addMonths(at);
    if (made > 0) log.info('months-made', { partitions: made });
  } catch {
    log.warn('months-not-made', { try: 'yikatong months run' });
  }
  if (kept === undefined) return { detached: [], stay: [] };
  const first = firstMonthKept(at, kept);
  const old = (await months.listMonths()).filter(({ month }) => month < first);
  const detached: string[] = [];
  const stay: KeptPartition[] = [];
  for (const { month } of old.toReversed()) {
    const reason = await detach(months, month);
    if (reason === undefined) {
      detached.push(month);
      log.info('month-detached', { month });
    } else if (reason !== 'not-there') {
      // Not there: another engine has just taken it away.
      stay.push({ month, reason });
      log.warn('month-stays', { month, reason });
    }
  }
  return { detached, stay };
}

async function detach(
  months: KeepPartitions['months'],
  month: string,
): Promise<KeptPartition['reason'] | undefined> {
  try {
    const done = await months.detachMonth(month);
    return done.ok ? undefined : done.error;
  } catch {
    return 'failed';
  }
}

function firstMonthKept(at: number, kept: number): string {
  return addMonths(monthOf(businessDateOf(at)), 1 - kept).replace('-', '_');
}
