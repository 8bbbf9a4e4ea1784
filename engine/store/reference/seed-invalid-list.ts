import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { openSetHash } from '../../base/crypto/set-hash.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import { makeListSet } from '../invalid-lists/list-sets.ts';
import type { Database } from '../tables/schema.ts';

/** A short list that no file brought: of the sandbox, of tests. */
export type SeededList = {
  readonly level: InvalidListHit['level'];
  readonly region: string;
  readonly version: number;
  /** ms */
  readonly loadedAt: number;
  readonly entries: readonly { readonly cardId: CardId; readonly reason: string }[];
};

/** Puts the version in force; the same version again is as if it came now, and a later one stays. */
export async function seedInvalidList(
  transaction: Transaction<Database>,
  { level, region, version, loadedAt, entries }: SeededList,
): Promise<void> {
  const times = { issued_at: BigInt(loadedAt), loaded_at: BigInt(loadedAt) };
  const hash = openSetHash();
  for (const { cardId, reason } of entries) hash.add(`${cardId},${reason}`);
  const state = { version, entries: entries.length, list_hash: hash.hex() };
  const known = await transaction
    .selectFrom('invalid_list')
    .select('version')
    .where('level', '=', level)
    .where('region', '=', region)
    .executeTakeFirst();
  const isLater = known === undefined || known.version < version;
  const [list] = await transaction
    .insertInto('invalid_list')
    .values({ level, region, ...state, ...times })
    .onConflict((conflict) =>
      conflict
        .columns(['level', 'region'])
        .doUpdateSet(isLater ? { ...state, ...times } : times)
        .where('invalid_list.version', '<=', version),
    )
    .returning('list_no')
    .execute();
  if (list === undefined || !isLater) return;
  const { list_no } = list;
  const ended = await sql`update invalid_list_entry set until_version = ${version}
    where list_no = ${list_no}::smallint and until_version is null`.execute(transaction);
  await sql`insert into invalid_list_entry (card_id, list_no, from_version, reason)
    select card_id, ${list_no}::smallint, ${version}, reason
    from unnest(${entries.map(({ cardId }) => cardId)}::uuid[],
      ${entries.map(({ reason }) => reason)}::text[]) as given (card_id, reason)`.execute(
    transaction,
  );
  await transaction
    .insertInto('invalid_list_version')
    .values({
      ...{ list_no, ...state, ...times, added: entries.length },
      removed: Number(ended.numAffectedRows ?? 0n),
    })
    .execute();
  await makeListSet(transaction, loadedAt);
}
