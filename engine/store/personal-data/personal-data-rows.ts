import { type Kysely, sql } from 'kysely';
import type { PersonalData, PersonalDataRows } from '../../ports/personal-data.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable, sqlStateOf } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { addKey, noteKeys } from './key-checks.ts';
import { countVersions, resealAll } from './reseal.ts';
import { type ClearColumn, clearColumns } from './sealed-columns.ts';

/** Rows of one step: their people's settlements wait for it, a few milliseconds. */
const STEP_ROWS = 100;
/** Counting goes through whole tables, ms. */
const STATEMENT_MS = 600_000;
/** Ending the clear columns takes the tables alone for a moment; settlements queue behind it, ms. */
const LOCK_MS = 300;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Over a pool of its own.
 * @throws StoreUnavailable when the database cannot be reached; StartupError when it was written under
 * other keys
 */
export async function openPersonalDataRows(
  url: string,
  personalData: PersonalData,
): Promise<PersonalDataRows> {
  const database = openDatabase(url, { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS });
  await noteKeys(database, personalData);
  return {
    countClear: async () => {
      const counts = await Promise.all(clearColumns.map((column) => countClear(database, column)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async sealSome() {
      for (const column of clearColumns) {
        const rows = await inTransaction(database, (transaction) =>
          sealRows(transaction, personalData, column),
        );
        if (rows > 0) return { rows, isDone: false };
      }
      return { rows: 0, isDone: await endClearColumns(database) };
    },
    countVersions: () => countVersions(database),
    addKey: () => addKey(database, personalData),
    reseal: (onProgress) => resealAll(database, personalData, onProgress),
    close: () => database.destroy(),
  };
}

async function countClear(
  database: Kysely<Database>,
  { table, sealed }: ClearColumn,
): Promise<number> {
  const { rows } = await orUnavailable(
    sql<{ count: string }>`select count(*)::text as count from ${sql.table(table)}
      where ${sql.ref(sealed)} is null`.execute(database),
  );
  return Number(rows[0]?.count ?? 0);
}

/** Rows that somebody else is writing are left to the next step. */
async function sealRows(
  transaction: Kysely<Database>,
  personalData: PersonalData,
  { table, id, clear, sealed, sealedFor, hash }: ClearColumn,
): Promise<number> {
  const { rows } = await sql<{ shard: number; id: string; text: string }>`
    select shard, ${sql.ref(id)} as id, ${sql.ref(clear)} as text from ${sql.table(table)}
    where ${sql.ref(sealed)} is null
    order by shard, ${sql.ref(id)} limit ${STEP_ROWS} for update skip locked`.execute(transaction);
  if (rows.length === 0) return 0;
  const hashes = rows.map(({ text }) => (hash ? personalData.keyedHash(hash.kind, text) : null));
  const setHash = hash === undefined ? sql`` : sql`, ${sql.ref(hash.column)} = k.hash`;
  await sql`update ${sql.table(table)} t
    set ${sql.ref(clear)} = null, ${sql.ref(sealed)} = k.sealed ${setHash}
    from unnest(${rows.map(({ shard }) => shard)}::smallint[], ${rows.map((row) => row.id)}::text[],
      ${rows.map(({ text }) => personalData.seal(sealedFor, text))}::text[], ${hashes}::text[])
      as k (shard, id, sealed, hash)
    where t.shard = k.shard and t.${sql.ref(id)} = k.id`.execute(transaction);
  return rows.length;
}

/** @returns false: rows are left, or the tables are too busy just now */
async function endClearColumns(database: Kysely<Database>): Promise<boolean> {
  try {
    return await inTransaction(
      database,
      async (transaction) => {
        const { rows } = await sql<{
          is_ended: boolean;
        }>`select yikatong_end_clear_columns() as is_ended`.execute(transaction);
        return rows[0]?.is_ended === true;
      },
      { lockTimeoutMs: LOCK_MS },
    );
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}
