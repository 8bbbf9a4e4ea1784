import { type Kysely, sql, type Transaction } from 'kysely';
import type { Credit } from '../../domain/credit/credit.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { CreditFile, CreditOrder, OrderFault, RefusedOrder } from '../../ports/credits.ts';
import { insertRows } from '../reference/insert-rows.ts';
import type { CreditRow } from '../tables/credit.ts';
import { creditOf } from '../tables/credit.ts';
import type { CreditOrderRow } from '../tables/credit-order.ts';
import { creditOrderTable, orderOf } from '../tables/credit-order.ts';
import type { Database } from '../tables/schema.ts';
import { ofFile } from './credit-files.ts';

/** What speaks against rows, by what is on record now. */
export async function readFaults(
  database: Kysely<Database>,
  source: string,
  orders: readonly Pick<CreditOrder, 'key' | 'reference'>[],
): Promise<readonly (OrderFault | undefined)[]> {
  const { rows } = await sql<{ is_person: boolean; is_known: boolean }>`
    select p.person_no is not null as is_person, o.reference is not null as is_known
    from unnest(${orders.map(({ key }) => key.shard)}::smallint[],
        ${orders.map(({ key }) => key.personNo)}::text[],
        ${orders.map(({ reference }) => reference)}::text[])
      with ordinality as k (shard, person_no, reference, place)
    left join person p on (p.shard, p.person_no) = (k.shard, k.person_no)
    left join credit_order o on (o.shard, o.person_no, o.source, o.reference)
      = (k.shard, k.person_no, ${source}, k.reference) and not o.is_withdrawn
    order by k.place`.execute(database);
  return rows.map(({ is_person: isPerson, is_known: isKnown }) => {
    if (!isPerson) return 'unknown-person';
    return isKnown ? 'known-reference' : undefined;
  });
}

/**
 * The file first: whoever puts the same one forward at this moment waits for the end, and is refused
 * then.
 */
export async function insertProposal(
  transaction: Transaction<Database>,
  { key, hash, rows, total, reverses }: CreditFile,
  { orders, at }: { orders: () => AsyncIterable<readonly CreditOrder[]>; at: number },
): Promise<void> {
  await transaction
    .insertInto('credit_file')
    .values({
      ...{ source: key.source, file_date: key.date, file_no: key.number },
      ...{ hash, rows, total, proposed_at: BigInt(at) },
      ...{ reverses_date: reverses?.date ?? null, reverses_no: reverses?.number ?? null },
    })
    .execute();
  let stored = 0;
  for await (const part of orders()) {
    const inFile = part.map((order) => ({ ...order, file: key }));
    stored += await insertRows(transaction, creditOrderTable, inFile);
  }
  // A row that another file holds by now stays out silently: then none is stored.
  if (stored !== rows) throw new RowsTaken('rows of another file');
}

/** Another file has a row of this one. */
export class RowsTaken extends Error {
  override readonly name = 'RowsTaken';
}

/** @param after the last row of before */
export async function readUnposted(
  database: Kysely<Database>,
  key: FileKey,
  { after, limit }: { readonly after: CreditOrder | undefined; readonly limit: number },
): Promise<readonly CreditOrder[]> {
  const { rows } = await sql<CreditOrderRow>`select o.* from credit_order o
    where ${ofFile(key, 'o')} and not o.is_withdrawn
      and (o.shard, o.line) > (${after?.key.shard ?? -1}, ${after?.line ?? -1})
      and not exists (select from account_credit c
        where (c.shard, c.person_no, c.credit_id) = (o.shard, o.person_no, o.credit_id))
    order by o.shard, o.line limit ${limit}`.execute(database);
  return rows.map(orderOf);
}

export async function noteRefusals(
  transaction: Transaction<Database>,
  { source, date, number }: FileKey,
  { refused, at }: { readonly refused: readonly RefusedOrder[]; readonly at: number },
): Promise<void> {
  await sql`update credit_order o set refusal = k.refusal, tried_at = ${at}
    from unnest(${refused.map(({ key }) => key.shard)}::smallint[],
      ${refused.map(({ line }) => line)}::integer[],
      ${refused.map(({ refusal }) => refusal)}::text[]) as k (shard, line, refusal)
    where (o.shard, o.source, o.file_date, o.file_no, o.line)
      = (k.shard, ${source}, ${date}, ${number}, k.line)`.execute(transaction);
}

/** Rows that were refused and are not posted since, in the order of the file. */
export async function readRefused(
  database: Kysely<Database>,
  key: FileKey,
  limit: number,
): Promise<readonly RefusedOrder[]> {
  const { rows } = await sql<CreditOrderRow & { readonly refusal: string }>`select o.*
    from credit_order o where ${ofFile(key, 'o')} and o.refusal is not null
      and not exists (select from account_credit c
        where (c.shard, c.person_no, c.credit_id) = (o.shard, o.person_no, o.credit_id))
    order by o.line limit ${limit}`.execute(database);
  return rows.map((row) => ({ ...orderOf(row), refusal: row.refusal }));
}

/** What a file has posted and nobody has taken back or put forward to be, in the order of shard and line. */
export async function readPosted(
  database: Kysely<Database>,
  key: FileKey,
  { after, limit }: { readonly after: Credit | undefined; readonly limit: number },
): Promise<readonly (Credit & { readonly reference: string })[]> {
  const { rows } = await sql<CreditRow & { readonly reference: string }>`
    select c.*, o.reference from account_credit c
    join credit_order o on (o.shard, o.source, o.file_date, o.file_no, o.line)
      = (c.shard, c.source, c.file_date, c.file_no, c.line)
    where ${ofFile(key, 'c')} and (c.shard, c.line) > (${after?.key.shard ?? -1}, ${after?.line ?? -1})
      and not exists (select from credit_order b
        where (b.shard, b.person_no, b.source, b.reference)
          = (c.shard, c.person_no, c.source, 'R:' || o.reference) and not b.is_withdrawn)
    order by c.shard, c.line limit ${limit}`.execute(database);
  return rows.map((row) => ({ ...creditOf(row), reference: row.reference }));
}
