/** Composition of what is done to personal data as a whole, beside running engines. */
import type { FlowLog } from '../flows/deps.ts';
import { startSealingJob } from '../jobs/seal-personal-data.ts';
import type { PersonalData } from '../ports/personal-data.ts';
import { openPersonalDataRows } from '../store/personal-data/personal-data-rows.ts';

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
