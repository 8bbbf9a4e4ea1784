import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { ListLevel, ListName } from '../../domain/invalid-list/list-file.ts';
import type {
  InvalidLists,
  ListChange,
  ListImport,
  ListIssuer,
  ListOnRecord,
  ListVersion,
} from '../../ports/invalid-lists.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { applyPart } from './apply-part.ts';
import { makeListSet } from './list-sets.ts';

/** Undoing a broken import reads every entry of the table. */
const STATEMENT_MS = 600_000;

/** Over a pool of its own. */
export function openInvalidLists(url: string): InvalidLists & { close(): Promise<void> } {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  return {
    find: (name) => orUnavailable(findList(database, name)),
    issuer: (keyId) => orUnavailable(findIssuer(database, keyId)),
    begin: (order) => inTransaction(database, (transaction) => begin(transaction, order)),
    apply: (order, part) =>
      inTransaction(database, (transaction) => applyPart(transaction, order, part)),
    finish: (order, version) =>
      inTransaction(database, (transaction) => finish(transaction, order, version)),
    abandon: (name) => inTransaction(database, (transaction) => abandon(transaction, name)),
    close: () => database.destroy(),
  };
}

async function findList(
  database: Kysely<Database>,
  { level, region }: ListName,
): Promise<ListOnRecord | undefined> {
  const row = await database
    .selectFrom('invalid_list as l')
    .leftJoin('invalid_list_version as v', (join) =>
      join.onRef('v.list_no', '=', 'l.list_no').onRef('v.version', '=', 'l.version'),
    )
    .selectAll('l')
    .select('v.file_hash')
    .where('l.level', '=', level)
    .where('l.region', '=', region)
    // A list of which no version was ever in force.
    .where('l.version', '>=', 0)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...{ level, region, version: row.version, entries: row.entries },
    ...{ listHash: row.list_hash ?? undefined, fileHash: row.file_hash ?? undefined },
    ...{ issuedAt: Number(row.issued_at), loadedAt: Number(row.loaded_at) },
    isKeptHere: row.is_kept_here,
  };
}

async function findIssuer(
  database: Kysely<Database>,
  keyId: string,
): Promise<ListIssuer | undefined> {
  const query = database.selectFrom('invalid_list_issuer').selectAll().where('key_id', '=', keyId);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...{ keyId, level: row.level as ListLevel, region: row.region },
    ...{ algorithm: row.algorithm as ListIssuer['algorithm'], publicKey: row.public_key },
    addedAt: Number(row.added_at),
    revokedAt: row.revoked_at === null ? undefined : Number(row.revoked_at),
  };
}

async function begin(transaction: Transaction<Database>, order: ListImport): Promise<number> {
  const { level, region, version, base, fileHash, at } = order;
  await transaction
    .insertInto('invalid_list')
    .values({ level, region, version: -1, loaded_at: 0n })
    .onConflict((conflict) => conflict.columns(['level', 'region']).doNothing())
    .execute();
  const list = await lockList(transaction, order);
  const left = await transaction
    .selectFrom('invalid_list_import')
    .selectAll()
    .where('list_no', '=', list.list_no)
    .executeTakeFirst();
  const isSame =
    left?.version === version &&
    left.file_hash === fileHash &&
    left.base_version === (base ?? null);
  if (left !== undefined && isSame) return left.rows_done;
  if (left !== undefined) await undo(transaction, list.list_no, list.version);
  const started = { started_at: BigInt(at), changed_at: BigInt(at) };
  await transaction
    .insertInto('invalid_list_import')
    .values({
      ...{ list_no: list.list_no, version, base_version: base ?? null, file_hash: fileHash },
      ...started,
    })
    .execute();
  return 0;
}

/** Imports of one list wait for each other here; batches only read. */
async function lockList(
  transaction: Transaction<Database>,
  { level, region }: ListName,
): Promise<{ readonly list_no: number; readonly version: number }> {
  return transaction
    .selectFrom('invalid_list')
    .select(['list_no', 'version'])
    .where('level', '=', level)
    .where('region', '=', region)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

async function finish(
  transaction: Transaction<Database>,
  order: ListImport,
  made: ListVersion,
): Promise<ListChange | undefined> {
  const list = await lockList(transaction, order);
  const done = await transaction
    .deleteFrom('invalid_list_import')
    .where('list_no', '=', list.list_no)
    .where('version', '=', order.version)
    .where('file_hash', '=', order.fileHash)
    .where('rows_done', '=', made.rows)
    .returning(['added', 'removed'])
    .executeTakeFirst();
  if (done === undefined || list.version !== (order.follows ?? -1)) return undefined;
  const { entries, listHash, issuedAt } = made;
  const state = { version: order.version, entries, list_hash: listHash };
  const times = { issued_at: BigInt(issuedAt), loaded_at: BigInt(order.at) };
  await transaction
    .updateTable('invalid_list')
    .set({ ...state, ...times })
    .where('list_no', '=', list.list_no)
    .execute();
  await transaction
    .insertInto('invalid_list_version')
    .values({
      ...{ list_no: list.list_no, base_version: order.base ?? null, ...state, ...times, ...done },
      ...{ file_hash: made.fileHash, key_id: made.keyId, signature: made.signature },
    })
    .execute();
  await makeListSet(transaction, order.at);
  return done;
}

async function abandon(transaction: Transaction<Database>, name: ListName): Promise<void> {
  const list = await lockList(transaction, name);
  await undo(transaction, list.list_no, list.version);
}

/** No entry names a version after the one in force, unless an import is under way. */
async function undo(
  transaction: Transaction<Database>,
  listNo: number,
  version: number,
): Promise<void> {
  const ofList = sql`list_no = ${listNo}::smallint`;
  await sql`delete from invalid_list_entry where ${ofList} and from_version > ${version}`.execute(
    transaction,
  );
  await sql`update invalid_list_entry set until_version = null
    where ${ofList} and until_version > ${version}`.execute(transaction);
  await transaction.deleteFrom('invalid_list_import').where('list_no', '=', listNo).execute();
}
