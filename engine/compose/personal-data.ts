/** Composition of what is done to personal data as a whole, beside running engines. */
import type { FlowLog } from '../flows/deps.ts';
import { startSealingJob } from '../jobs/seal-personal-data.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Keys } from '../ports/keys.ts';
import type { PersonalData, PersonalDataRows } from '../ports/personal-data.ts';
import { openPersonalDataRows } from '../store/personal-data/personal-data-rows.ts';
import { withKeys } from './registry.ts';

/**
 * Compares the keys with those of the database, and seals in the background what an earlier version left.
 * @param stops gets what ends it
 * @throws StartupError when the database was written under other keys
 */
export async function startSealing(
  databaseUrl: string,
  personalData: PersonalData,
  log: FlowLog,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const rows = await openPersonalDataRows(databaseUrl, personalData);
  stops.push(rows.close, startSealingJob(rows, log));
}

/** Opens the rows with personal data for one task, under the owner's login; engines may run. */
export function withPersonalData<T>(
  config: Config,
  use: (rows: PersonalDataRows) => Promise<T>,
): Promise<T> {
  const work = async (url: string, { personalData }: Keys): Promise<T> => {
    const rows = await openPersonalDataRows(url, personalData);
    try {
      return await use(rows);
    } finally {
      await rows.close();
    }
  };
  return withDatabase(config, (url) => withKeys(config, (keys) => work(url, keys)), true);
}
