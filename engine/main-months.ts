/** The part of the composition root that looks after the months of the books, beside a running engine. */
import type { Config } from './ops/config.ts';
import { withDatabase } from './ops/open-database.ts';
import type { MonthOfBooks, Months } from './ports/months.ts';
import { defaultStoreLimits } from './store/create-store.ts';
import { openDatabase } from './store/database.ts';
import { createMonths } from './store/months.ts';

/** Months that are part of the books, newest first. */
export async function listMonths(config: Config): Promise<readonly MonthOfBooks[]> {
  return withMonths(config, (months) => months.listMonths());
}

/** Takes an old month out of the books; its tables stay. */
export async function detachMonth(config: Config, month: string): Promise<void> {
  return withMonths(config, (months) => months.detachMonth(month));
}

/** Reading all entries of a month may take this long, ms. */
const STATEMENT_MS = 3_600_000;

async function withMonths<T>(config: Config, use: (months: Months) => Promise<T>): Promise<T> {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const work = async (url: string): Promise<T> => {
    const database = openDatabase(url, limits);
    try {
      return await use(createMonths(database));
    } finally {
      await database.destroy();
    }
  };
  return withDatabase(config, work, true);
}
