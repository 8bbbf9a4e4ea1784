import { type Kysely, sql } from 'kysely';
import { InvariantViolation } from '../../base/errors/result.ts';
import { StartupError } from '../../ops/startup-error.ts';
import type { KeyCheck, PersonalData } from '../../ports/personal-data.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

/**
 * Takes the keys that stand in the database, and compares all with those that it was written under, before
 * anything is sealed or sought under wrong ones. Keys that it does not know are noted.
 * @throws StartupError when a key is another one, or one is missing
 */
export async function noteKeys(
  database: Kysely<Database>,
  personalData: PersonalData,
): Promise<void> {
  const noted = await readKeys(database);
  takeKeys(noted, personalData);
  const fresh = personalData.checks.filter(({ key }) => !noted.has(key));
  if (fresh.length > 0) await addKeys(database, fresh);
  const known = fresh.length > 0 ? await readKeys(database) : noted;
  const here = new Map(personalData.checks.map(({ key, value }) => [key, value]));
  const wrong = [...known].find(([key, { check }]) => here.get(key) !== check);
  if (wrong !== undefined) throw otherKeys(wrong[0]);
}

/** Puts a new sealing key into the database, and seals under it from now on. @returns its version */
export async function addKey(
  database: Kysely<Database>,
  personalData: PersonalData,
): Promise<number> {
  await addKeys(database, [personalData.newKey()]);
  // Whoever was faster has made the key of this version.
  await noteKeys(database, personalData);
  return personalData.keyVersion;
}

type NotedKey = { readonly check: string; readonly sealedKey: string | null };

async function readKeys(database: Kysely<Database>): Promise<ReadonlyMap<string, NotedKey>> {
  const { rows } = await orUnavailable(
    sql<{ key: string; check_value: string; sealed_key: string | null }>`
      select key, check_value, sealed_key from personal_data_key`.execute(database),
  );
  return new Map(
    rows.map((row) => [row.key, { check: row.check_value, sealedKey: row.sealed_key }]),
  );
}

function takeKeys(noted: ReadonlyMap<string, NotedKey>, personalData: PersonalData): void {
  for (const [key, { sealedKey }] of noted) {
    if (sealedKey === null) continue;
    try {
      personalData.takeKey(key, sealedKey);
    } catch (error) {
      throw error instanceof InvariantViolation ? otherKeys(key) : error;
    }
  }
}

/** Another process may note the same ones at the same moment; the first wins. */
async function addKeys(
  database: Kysely<Database>,
  keys: readonly (KeyCheck & { readonly sealedKey?: string })[],
): Promise<void> {
  await orUnavailable(
    sql`insert into personal_data_key (key, check_value, sealed_key)
      select * from unnest(${keys.map(({ key }) => key)}::text[],
        ${keys.map(({ value }) => value)}::text[],
        ${keys.map(({ sealedKey }) => sealedKey ?? null)}::text[])
      on conflict do nothing`.execute(database),
  );
}

function otherKeys(key: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `数据库中的个人信息不是用此密钥库加密的（密钥 ${key} 缺失或不同）；请使用原来的密钥库（YIKATONG_DATA），或换一个数据库`,
    en: `The personal data of this database are sealed under other keys (${key} is missing or another one); use the keystore they were sealed with (YIKATONG_DATA), or another database`,
  });
}
