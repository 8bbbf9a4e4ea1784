import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { toHex } from '../../base/crypto/bytes.ts';
import { CARD_BYTES } from '../../base/crypto/card-hash.ts';
import { sha256 } from '../../base/crypto/sha256.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type {
  ChangedCards,
  NewBase,
  NewDelta,
  OfflineLists,
  OfflineOnRecord,
} from '../../ports/offline-lists.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';

const STATEMENT_MS = 600_000;
/** Cards that one statement reads. */
const PAGE_CARDS = 50_000;

/** Over a pool of its own. */
export function openOfflineLists(url: string): OfflineLists & { close(): Promise<void> } {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  return {
    latest: () => orUnavailable(readLatest(database)),
    countEntries: (setNo) => orUnavailable(countEntries(database, setNo)),
    cards: (setNo) => readCards(database, setNo),
    changes: (from, to, max) => orUnavailable(readChanged(database, from, to, max)),
    saveBase: (base) => saveBase(database, base),
    saveDelta: (delta) => saveDelta(database, delta),
    readPart: (fileHash, offset, length) =>
      orUnavailable(readPart(database, fileHash, offset, length)),
    close: () => database.destroy(),
  };
}

type LatestRow = {
  readonly set_no: number;
  readonly entries: number;
  readonly hash_key: string;
  readonly made_at: bigint;
  readonly file_hash: string;
  readonly bytes: number;
  readonly delta_set_no: number | null;
  readonly delta_made_at: bigint | null;
  readonly delta_file_hash: string | null;
  readonly delta_bytes: number | null;
};

async function readLatest(database: Kysely<Database>): Promise<OfflineOnRecord | undefined> {
  const { rows } = await sql<LatestRow>`
    select b.set_no, b.entries, b.hash_key, b.made_at, b.file_hash, length(b.file) as bytes,
      d.set_no as delta_set_no, d.made_at as delta_made_at, d.file_hash as delta_file_hash,
      length(d.file) as delta_bytes
    from offline_list b
    left join offline_list_delta d on d.base_set_no = b.set_no
    order by b.set_no desc, d.set_no desc nulls last limit 1`.execute(database);
  const [row] = rows;
  if (row === undefined) return undefined;
  const base = {
    ...{ setNo: row.set_no, entries: row.entries, hashKey: row.hash_key },
    ...{ madeAt: Number(row.made_at), fileHash: row.file_hash, bytes: row.bytes },
  };
  const { delta_set_no: setNo, delta_file_hash: fileHash } = row;
  if (setNo === null || fileHash === null) return { base, delta: undefined };
  const delta = { setNo, fileHash, madeAt: Number(row.delta_made_at) };
  return { base, delta: { ...delta, bytes: row.delta_bytes ?? 0 } };
}

/** Lists with their versions in a set. */
const versionsOf = (setNo: number) => sql`(
  select l.list_no, (s.versions ->> (l.level || ' ' || l.region))::integer as version
  from invalid_list_set s, invalid_list l where s.set_no = ${setNo})`;

const within = sql`e.from_version <= v.version
  and (e.until_version is null or e.until_version > v.version)`;

async function countEntries(database: Kysely<Database>, setNo: number): Promise<number> {
  const { rows } = await sql<{ entries: number }>`
    select coalesce(sum(n.entries), 0)::integer as entries
    from ${versionsOf(setNo)} v join invalid_list_version n using (list_no, version)`.execute(
    database,
  );
  return rows[0]?.entries ?? 0;
}

/** Sets never change, so pages of one fit each other. */
async function* readCards(database: Kysely<Database>, setNo: number): AsyncGenerator<Uint8Array> {
  for (let after: string | undefined; ; ) {
    const from = after === undefined ? sql`true` : sql`e.card_id > ${after}::uuid`;
    const page = sql<{ cards: Buffer | null }>`
      select string_agg(uuid_send(card_id), ''::bytea order by card_id) as cards from (
        select distinct e.card_id
        from invalid_list_entry e join ${versionsOf(setNo)} v using (list_no)
        where ${from} and ${within} order by e.card_id limit ${PAGE_CARDS}) as page`;
    const { rows } = await orUnavailable(page.execute(database));
    const cards = rows[0]?.cards ?? Buffer.alloc(0);
    if (cards.length > 0) yield cards;
    if (cards.length < PAGE_CARDS * CARD_BYTES) return;
    after = toHex(cards.subarray(-CARD_BYTES));
  }
}

async function readChanged(
  database: Kysely<Database>,
  from: number,
  to: number,
  max: number,
): Promise<Result<ChangedCards, 'too-many'>> {
  const listedIn = (setNo: number) => sql`exists (
    select from invalid_list_entry e join ${versionsOf(setNo)} v using (list_no)
    where e.card_id = c.card_id and ${within})`;
  const { rows } = await sql<{ card: Buffer; is_listed: boolean }>`
    with moved as materialized (
      select list_no, coalesce(a.version, -1) as since, b.version as until
      from ${versionsOf(to)} b left join ${versionsOf(from)} a using (list_no)
      where a.version is distinct from b.version
    ), candidate as (
      select e.card_id from moved m join invalid_list_entry e
        on e.list_no = m.list_no and e.from_version > m.since and e.from_version <= m.until
      union
      select e.card_id from moved m join invalid_list_entry e
        on e.list_no = m.list_no and e.until_version > m.since and e.until_version <= m.until
    ), judged as (
      select c.card_id, ${listedIn(from)} as was_listed, ${listedIn(to)} as is_listed from candidate c
    )
    select uuid_send(card_id) as card, is_listed from judged
    where was_listed <> is_listed limit ${max + 1}`.execute(database);
  if (rows.length > max) return fail('too-many');
  const cardsOf = (isListed: boolean) =>
    Buffer.concat(rows.filter((row) => row.is_listed === isListed).map(({ card }) => card));
  return ok({ added: cardsOf(true), removed: cardsOf(false) });
}

/** Another process may have made the same: any of the two is right. */
async function saveBase(database: Kysely<Database>, base: NewBase): Promise<void> {
  const { setNo, entries, hashKey, madeAt, file } = base;
  await inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('offline_list')
      .values({
        ...{ set_no: setNo, entries, hash_key: hashKey, made_at: BigInt(madeAt) },
        ...{ file_hash: toHex(sha256(file)), file: Buffer.from(file) },
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

async function saveDelta(database: Kysely<Database>, delta: NewDelta): Promise<void> {
  const { baseSetNo, setNo, madeAt, changes, file } = delta;
  await inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('offline_list_delta')
      .values({
        ...{ base_set_no: baseSetNo, set_no: setNo, made_at: BigInt(madeAt), changes },
        ...{ file_hash: toHex(sha256(file)), file: Buffer.from(file) },
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

async function readPart(
  database: Kysely<Database>,
  fileHash: string,
  offset: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ part: Buffer }>`
    select substring(file from ${offset + 1}::integer for ${length}::integer) as part from (
      select file_hash, file from offline_list union all
      select file_hash, file from offline_list_delta) f
    where file_hash = ${fileHash} limit 1`.execute(database);
  return rows[0]?.part;
}
