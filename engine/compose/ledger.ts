/** Composition of the check of the books, which runs beside a running engine. */
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { CheckedDays, CheckedLaw } from '../store/ledger/check-ledger.ts';
import { checkLedger } from '../store/ledger/check-ledger.ts';

export type { CheckedLaw };

/**
 * Holds every law of the books against the database.
 * @param days undefined: the whole database
 */
export async function checkBooks(
  config: Config,
  days: CheckedDays | undefined,
): Promise<readonly CheckedLaw[]> {
  return withDatabase(config, (url) => checkLedger(url, days), true);
}
