import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { invariant } from '../../base/errors/result.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { ListLevel, ListReason, ListRow } from '../../domain/invalid-list/list-file.ts';
import type {
  InvalidListReads,
  ListedCard,
  ListedSpan,
  ListSet,
  ListState,
} from '../../ports/invalid-list-reads.ts';
import type { ListIssuer } from '../../ports/invalid-lists.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import type { CardUuid } from '../tables/card-uuid.ts';
import { cardIdOfUuid } from '../tables/card-uuid.ts';
import type { Database } from '../tables/schema.ts';

/** A page of changes sorts them all. */
const STATEMENT_MS = 120_000;

/** Over a pool of its own. */
export function openInvalidListReads(url: string): InvalidListReads & { close(): Promise<void> } {
  const database = openDatabase(url, { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS });
  return {
    lists: () => orUnavailable(readLists(database)),
    issuers: () => orUnavailable(readIssuers(database)),
    listed: (cardIds) => orUnavailable(readListed(database, cardIds)),
    history: (cardId) => orUnavailable(readHistory(database, cardId)),
    set: (setNo) => orUnavailable(readSet(database, sql`where set_no = ${setNo}`)),
    async currentSet() {
      const set = await orUnavailable(readSet(database, sql`order by set_no desc limit 1`));
      invariant(set !== undefined, 'a database has a set of invalid lists since its migration');
      return set;
    },
    changes: (span, after, rowsMax) => orUnavailable(readChanges(database, span, after, rowsMax)),
    entries: (list, after, rowsMax) => orUnavailable(readEntries(database, list, after, rowsMax)),
    close: () => database.destroy(),
  };
}

/** All lists; version -1: the first import of one is under way. */
export async function readLists(database: Kysely<Database>): Promise<readonly ListState[]> {
  const rows = await database
    .selectFrom('invalid_list as l')
    .leftJoin('invalid_list_version as v', (join) =>
      join.onRef('v.list_no', '=', 'l.list_no').onRef('v.version', '=', 'l.version'),
    )
    .leftJoin('invalid_list_import as i', 'i.list_no', 'l.list_no')
    .selectAll('l')
    .select(['v.file_hash', 'i.version as open_version', 'i.rows_done', 'i.changed_at'])
    .where((on) => on.or([on('l.version', '>=', 0), on('i.version', 'is not', null)]))
    .orderBy('l.region')
    .execute();
  return rows.map((row) => ({
    ...{ level: row.level, region: row.region, version: row.version, entries: row.entries },
    ...{ listHash: row.list_hash ?? undefined, fileHash: row.file_hash ?? undefined },
    ...{ issuedAt: Number(row.issued_at), loadedAt: Number(row.loaded_at) },
    isKeptHere: row.is_kept_here,
    open:
      row.open_version === null
        ? undefined
        : {
            version: row.open_version,
            rowsDone: row.rows_done ?? 0,
            changedAt: Number(row.changed_at),
          },
  }));
}

export async function readIssuers(database: Kysely<Database>): Promise<readonly ListIssuer[]> {
  const query = database.selectFrom('invalid_list_issuer').selectAll().orderBy('added_at');
  return (await query.execute()).map((row) => ({
    ...{ keyId: row.key_id, level: row.level as ListLevel, region: row.region },
    ...{ algorithm: row.algorithm as ListIssuer['algorithm'], publicKey: row.public_key },
    addedAt: Number(row.added_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  }));
}

const inForce = sql`e.from_version <= l.version
  and (e.until_version is null or e.until_version > l.version)`;

type ListedRow = Omit<ListedCard, 'cardId'> & { readonly card_id: CardUuid };

async function readListed(
  database: Kysely<Database>,
  cardIds: readonly CardId[],
): Promise<readonly ListedCard[]> {
  const { rows } = await sql<ListedRow>`
    select e.card_id, l.level, l.region, l.version, e.reason
    from invalid_list_entry e join invalid_list l using (list_no)
    where e.card_id = any (${cardIds}::uuid[]) and ${inForce}`.execute(database);
  return rows.map(({ card_id, ...row }) => ({ cardId: cardIdOfUuid(card_id), ...row }));
}

type SpanRow = Pick<ListedSpan, 'level' | 'region' | 'reason'> & {
  readonly from_version: number;
  readonly until_version: number | null;
  readonly from_at: bigint | null;
  readonly until_at: bigint | null;
};

async function readHistory(
  database: Kysely<Database>,
  cardId: CardId,
): Promise<readonly ListedSpan[]> {
  // A version that is being prepared was never in force.
  const { rows } = await sql<SpanRow>`
    select l.level, l.region, e.reason, e.from_version, f.loaded_at as from_at,
      case when e.until_version <= l.version then e.until_version end as until_version,
      u.loaded_at as until_at
    from invalid_list_entry e join invalid_list l using (list_no)
    left join invalid_list_version f on (f.list_no, f.version) = (e.list_no, e.from_version)
    left join invalid_list_version u on (u.list_no, u.version) = (e.list_no, e.until_version)
    where e.card_id = ${cardId}::uuid and e.from_version <= l.version
    order by f.loaded_at, l.region, e.from_version`.execute(database);
  return rows.map((row) => ({
    ...{ level: row.level, region: row.region, reason: row.reason },
    fromVersion: row.from_version,
    fromAt: row.from_at === null ? undefined : Number(row.from_at),
    untilVersion: row.until_version ?? undefined,
    untilAt: row.until_at === null ? undefined : Number(row.until_at),
  }));
}

type SetRow = {
  readonly set_no: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly made_at: bigint;
};

async function readSet(
  database: Kysely<Database>,
  which: ReturnType<typeof sql>,
): Promise<ListSet | undefined> {
  const { rows } = await sql<SetRow>`select * from invalid_list_set ${which}`.execute(database);
  const [row] = rows;
  return row && { setNo: row.set_no, versions: row.versions, madeAt: Number(row.made_at) };
}

type FileRow = {
  readonly card_id: CardUuid;
  readonly is_listed: boolean;
  readonly reason: string;
};

function rowOf({ card_id, is_listed, reason }: FileRow): ListRow {
  return { isListed: is_listed, cardId: cardIdOfUuid(card_id), reason: reason as ListReason };
}

function afterCard(after: CardId | undefined) {
  return after === undefined ? sql`true` : sql`e.card_id > ${after}::uuid`;
}

async function readChanges(
  database: Kysely<Database>,
  { level, region, since, until }: Parameters<InvalidListReads['changes']>[0],
  after: CardId | undefined,
  rowsMax: number,
): Promise<readonly ListRow[]> {
  const ofList = sql`e.list_no = (select list_no from invalid_list
    where level = ${level} and region = ${region}) and ${afterCard(after)}`;
  const { rows } = await sql<FileRow>`
    select * from (
    select e.card_id, false as is_listed, e.reason from invalid_list_entry e
    where ${ofList} and e.until_version > ${since} and e.until_version <= ${until}
      and e.from_version <= ${since}
    union all
    select e.card_id, true, e.reason from invalid_list_entry e
    where ${ofList} and e.from_version > ${since} and e.from_version <= ${until}
      and (e.until_version is null or e.until_version > ${until})
    order by 1 fetch first ${rowsMax} rows with ties) page order by 1, 2`.execute(database);
  return rows.map(rowOf);
}

async function readEntries(
  database: Kysely<Database>,
  { level, region, version }: Parameters<InvalidListReads['entries']>[0],
  after: CardId | undefined,
  rowsMax: number,
): Promise<readonly ListRow[]> {
  const { rows } = await sql<FileRow>`
    select e.card_id, true as is_listed, e.reason from invalid_list_entry e
    where e.list_no = (select list_no from invalid_list where level = ${level} and region = ${region})
      and ${afterCard(after)} and e.from_version <= ${version}
      and (e.until_version is null or e.until_version > ${version})
    order by e.card_id limit ${rowsMax}`.execute(database);
  return rows.map(rowOf);
}
