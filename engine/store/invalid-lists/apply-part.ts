import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { ListRow } from '../../domain/invalid-list/list-file.ts';
import type { ListChange, ListConflict, ListImport, ListPart } from '../../ports/invalid-lists.ts';
import type { CardUuid } from '../tables/card-uuid.ts';
import { cardIdOfUuid } from '../tables/card-uuid.ts';
import type { Database } from '../tables/schema.ts';

/** The import's row, locked: whoever finds another number of rows is not alone. */
type Place = { readonly list_no: number; readonly last_card: CardUuid | null };

/**
 * Prepares the rows for the version of the import: entries that end with it, and entries that begin with it.
 * The version in force sees none of it. Not awaited to disk: the import's row is lost with what it counts.
 */
export async function applyPart(
  transaction: Transaction<Database>,
  order: ListImport,
  part: ListPart,
): Promise<Result<ListChange, ListConflict>> {
  await sql`set local synchronous_commit = off`.execute(transaction);
  const place = await findPlace(transaction, order, part);
  if (place === undefined) return fail({ kind: 'elsewhere' });
  const changed =
    order.base === undefined
      ? ok(await applyFull(transaction, place, order, part))
      : await applyDelta(transaction, place, order, part.rows);
  if (!changed.ok) return changed;
  const { added, removed } = changed.value;
  const last = part.rows.at(-1)?.cardId ?? null;
  await sql`update invalid_list_import
    set rows_done = rows_done + ${part.rows.length}, added = added + ${added},
      removed = removed + ${removed}, last_card = coalesce(${last}::uuid, last_card),
      changed_at = ${order.at}::bigint
    where list_no = ${place.list_no}`.execute(transaction);
  return changed;
}

async function findPlace(
  transaction: Transaction<Database>,
  { level, region, version, fileHash }: ListImport,
  { rowsBefore }: ListPart,
): Promise<Place | undefined> {
  const { rows } = await sql<Place>`
    select i.list_no, i.last_card from invalid_list_import i join invalid_list l using (list_no)
    where l.level = ${level} and l.region = ${region} and i.version = ${version}
      and i.file_hash = ${fileHash} and i.rows_done = ${rowsBefore}
    for update of i`.execute(transaction);
  return rows[0];
}

/** Between the last card of the part before and the last of this one, the file says who is listed. */
async function applyFull(
  transaction: Transaction<Database>,
  { list_no, last_card }: Place,
  { version, isKeptHere }: ListImport,
  { rows, isLast }: ListPart,
): Promise<ListChange> {
  const given = givenRows(rows);
  const after = last_card === null ? sql`true` : sql`e.card_id > ${last_card}::uuid`;
  const upTo = isLast ? sql`true` : sql`e.card_id <= ${rows.at(-1)?.cardId}::uuid`;
  const standing = sql`e.list_no = ${list_no}::smallint and e.until_version is null
    and e.from_version < ${version}`;
  const ended = await sql`update invalid_list_entry e set until_version = ${version}
    where ${standing} and ${after} and ${upTo}
      and not exists (select from ${given} where (g.card_id, g.reason) = (e.card_id, e.reason))`.execute(
    transaction,
  );
  const begun = await sql`
    insert into invalid_list_entry (card_id, list_no, from_version, follows_card, reason)
    select g.card_id, ${list_no}::smallint, ${version}, ${isKeptHere}, g.reason from ${given}
    where not exists (select from invalid_list_entry e
      where ${standing} and (e.card_id, e.reason) = (g.card_id, g.reason))`.execute(transaction);
  return { added: countOf(begun), removed: countOf(ended) };
}

async function applyDelta(
  transaction: Transaction<Database>,
  { list_no }: Place,
  { version }: ListImport,
  rows: readonly ListRow[],
): Promise<Result<ListChange, ListConflict>> {
  const standing = sql`e.list_no = ${list_no}::smallint and e.until_version is null
    and e.card_id = g.card_id`;
  const off = rows.filter(({ isListed }) => !isListed);
  const on = rows.filter(({ isListed }) => isListed);
  const ended = await sql<CardRow>`update invalid_list_entry e set until_version = ${version}
    from ${givenRows(off)} where ${standing} and e.reason = g.reason and e.from_version < ${version}
    returning e.card_id`.execute(transaction);
  if (ended.rows.length < off.length) return fail(misfit(rows, ended.rows, false));
  const begun = await sql<CardRow>`
    insert into invalid_list_entry (card_id, list_no, from_version, reason)
    select g.card_id, ${list_no}::smallint, ${version}, g.reason from ${givenRows(on)}
    where not exists (select from invalid_list_entry e where ${standing})
    returning card_id`.execute(transaction);
  if (begun.rows.length < on.length) return fail(misfit(rows, begun.rows, true));
  return ok({ added: on.length, removed: off.length });
}

type CardRow = { readonly card_id: CardUuid };

function givenRows(rows: readonly ListRow[]) {
  return sql`unnest(${rows.map(({ cardId }) => cardId)}::uuid[],
    ${rows.map(({ reason }) => reason)}::text[]) as g (card_id, reason)`;
}

/** The first row that found no place. */
function misfit(
  rows: readonly ListRow[],
  taken: readonly CardRow[],
  isListed: boolean,
): ListConflict {
  const known = new Set<string>(taken.map(({ card_id }) => cardIdOfUuid(card_id)));
  const place = rows.findIndex((row) => row.isListed === isListed && !known.has(row.cardId));
  return { kind: 'misfit', place };
}

function countOf({ numAffectedRows = 0n }: { readonly numAffectedRows?: bigint }): number {
  return Number(numAffectedRows);
}
