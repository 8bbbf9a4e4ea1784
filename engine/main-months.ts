/** The part of the composition root that looks after the months of the books, beside a running engine. */
import type { Result } from './domain/errors/result.ts';
import type { FlowLog } from './flows/deps.ts';
import type { MonthsKept } from './jobs/keep-months.ts';
import { keepMonths } from './jobs/keep-months.ts';
import type { Config } from './ops/config.ts';
import { withDatabase } from './ops/open-database.ts';
import type { MonthOfBooks, Months, WhyMonthStays } from './ports/months.ts';
import { openMonths } from './store/months.ts';

/** Months that are part of the books, newest first. */
export async function listMonths(config: Config): Promise<readonly MonthOfBooks[]> {
  return withMonths(config, (months) => months.listMonths());
}

/** Takes an old month out of the books; its tables stay. */
export async function detachMonth(
  config: Config,
  month: string,
): Promise<Result<void, WhyMonthStays>> {
  return withMonths(config, (months) => months.detachMonth(month));
}

/** Does once what the engine's job does, by the same policy, with the rights of this login and no hurry. */
export async function runMonths(config: Config, tell: FlowLog['info']): Promise<MonthsKept> {
  const log = { info: tell, warn: tell, error: tell };
  return withMonths(config, (months) =>
    keepMonths({ months, log, kept: config.monthsKept }, Date.now()),
  );
}

/** Moving the rows of a month that nobody made in time may take this long, ms. */
const ADD_MS = 3_600_000;

async function withMonths<T>(config: Config, use: (months: Months) => Promise<T>): Promise<T> {
  const work = async (url: string): Promise<T> => {
    const months = openMonths({ url, addMs: ADD_MS });
    try {
      return await use(months);
    } finally {
      await months.close();
    }
  };
  return withDatabase(config, work, true);
}
