import { CompiledQuery, type Transaction } from 'kysely';
import { binaryArray } from '../batch/binary-array.ts';
import type { Database } from '../tables/schema.ts';
import type { WrittenTable } from '../tables/table.ts';

/** Rows of one statement: large enough that round trips do not count, small enough to stay out of the way. */
const ROWS_MAX = 5_000;

/**
 * Inserts rows, an array for each column. A row that is there already stays as it is.
 * @returns how many are new
 */
export async function insertRows<Row>(
  transaction: Transaction<Database>,
  { table, key, fixed, changing }: WrittenTable<Row>,
  rows: readonly Row[],
): Promise<number> {
  const columns = [...key, ...fixed, ...changing];
  const names = columns.map(({ name }) => name).join(', ');
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  const values = columns.map(({ name, as }) => (as ? `k.${name}::${as}` : `k.${name}`)).join(', ');
  const text = `insert into ${table} (${names}) select ${values}
    from unnest(${arrays}) as k (${names}) on conflict do nothing`;
  let inserted = 0;
  for (let start = 0; start < rows.length; start += ROWS_MAX) {
    const some = rows.slice(start, start + ROWS_MAX);
    const parameters = columns.map((column) =>
      binaryArray(
        column.type,
        some.map((row) => column.of(row)),
      ),
    );
    const done = await transaction.executeQuery(CompiledQuery.raw(text, parameters));
    inserted += Number(done.numAffectedRows ?? 0n);
  }
  return inserted;
}
