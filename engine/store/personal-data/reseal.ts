import { type Kysely, sql } from 'kysely';
import { keyVersionOf, type PersonalData, type SealedCount } from '../../ports/personal-data.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { type SealedColumn, sealedColumns } from './sealed-columns.ts';

/** Blocks of a table, 8 KiB each, that one step goes through: some hundred rows. */
const STEP_BLOCKS = 8;

/** See `PersonalDataRows.countVersions`. */
export async function countVersions(database: Kysely<Database>): Promise<readonly SealedCount[]> {
  const counts = sealedColumns.map(async ({ table, column, sealedFor }) => {
    const { rows } = await orUnavailable(
      sql<{ version: string; texts: string }>`
        select split_part(${sql.ref(column)}, '.', 1) as version, count(*)::text as texts
        from ${sql.table(table)} where ${sql.ref(column)} is not null group by 1
        order by 1`.execute(database),
    );
    return rows.map(({ version, texts }) => ({
      column: sealedFor,
      version: Number(version),
      texts: Number(texts),
    }));
  });
  return (await Promise.all(counts)).flat();
}

/** See `PersonalDataRows.reseal`. A row that is written anew further on is seen again, and is done then. */
export async function resealAll(
  database: Kysely<Database>,
  personalData: PersonalData,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const blocks = await Promise.all(sealedColumns.map((column) => countBlocks(database, column)));
  const total = blocks.reduce((sum, count) => sum + count, 0);
  let done = 0;
  let resealed = 0;
  for (const [i, column] of sealedColumns.entries()) {
    for (let first = 0; first < (blocks[i] ?? 0); first += STEP_BLOCKS) {
      resealed += await inTransaction(database, (transaction) =>
        resealBlocks(transaction, personalData, { ...column, first }),
      );
      done += STEP_BLOCKS;
      onProgress(Math.min(done, total), total);
    }
  }
  return resealed;
}

async function countBlocks(database: Kysely<Database>, { table }: SealedColumn): Promise<number> {
  const { rows } = await sql<{ blocks: string }>`select (pg_relation_size(${table}::regclass)
    / current_setting('block_size')::int)::text as blocks`.execute(database);
  return Number(rows[0]?.blocks ?? 0);
}

/** The place of a row stays what it is while the transaction holds its lock. */
async function resealBlocks(
  transaction: Kysely<Database>,
  personalData: PersonalData,
  { table, column, sealedFor, first }: SealedColumn & { readonly first: number },
): Promise<number> {
  const { rows } = await sql<{ place: string; sealed: string }>`
    select ctid::text as place, ${sql.ref(column)} as sealed from ${sql.table(table)}
    where ctid >= ${`(${first},0)`}::tid and ctid < ${`(${first + STEP_BLOCKS},0)`}::tid
      and ${sql.ref(column)} is not null for update skip locked`.execute(transaction);
  const old = rows.filter(({ sealed }) => (keyVersionOf(sealed) ?? 0) < personalData.keyVersion);
  if (old.length === 0) return 0;
  const anew = old.map(({ sealed }) =>
    personalData.seal(sealedFor, personalData.open(sealedFor, sealed)),
  );
  await sql`update ${sql.table(table)} t set ${sql.ref(column)} = k.sealed
    from unnest(${old.map(({ place }) => place)}::tid[], ${anew}::text[]) as k (place, sealed)
    where t.ctid = k.place`.execute(transaction);
  return old.length;
}
