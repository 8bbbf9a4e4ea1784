import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { invariant } from '../../base/errors/result.ts';
import type { ListName } from '../../domain/invalid-list/list-file.ts';
import type {
  InvalidLists,
  ListChange,
  ListImport,
  ListVersion,
} from '../../ports/invalid-lists.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { applyPart } from './apply-part.ts';
import { readIssuers, readLists } from './list-reads.ts';
import { makeListSet } from './list-sets.ts';

/** Undoing a broken import reads every entry of the table. */
const STATEMENT_MS = 600_000;

/** Over a pool of its own. */
export function openInvalidLists(url: string): InvalidLists & { close(): Promise<void> } {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  return {
    async find({ level, region }) {
      const lists = await orUnavailable(readLists(database));
      return lists
        .filter(({ version }) => version >= 0)
        .find((list) => list.level === level && list.region === region);
    },
    async issuer(keyId) {
      const issuers = await orUnavailable(readIssuers(database));
      return issuers.find((issuer) => issuer.keyId === keyId);
    },
    begin: (order) => inTransaction(database, (transaction) => begin(transaction, order)),
    apply: (order, part) =>
      inTransaction(database, (transaction) => applyPart(transaction, order, part)),
    finish: (order, version) =>
      inTransaction(database, (transaction) => finish(transaction, order, version)),
    abandon: (name) => inTransaction(database, (transaction) => abandon(transaction, name)),
    close: () => database.destroy(),
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
): Promise<{ readonly list_no: number; readonly version: number; readonly entries: number }> {
  return transaction
    .selectFrom('invalid_list')
    .select(['list_no', 'version', 'entries'])
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
  const { entries, listHash, issuedAt, signed } = made;
  invariant(list.entries + done.added - done.removed === entries, 'the rows make another list');
  const state = { version: order.version, entries, list_hash: listHash };
  const times = { issued_at: BigInt(issuedAt), loaded_at: BigInt(order.at) };
  await transaction
    .updateTable('invalid_list')
    .set({ ...state, ...times, is_kept_here: order.isKeptHere })
    .where('list_no', '=', list.list_no)
    .execute();
  await transaction
    .insertInto('invalid_list_version')
    .values({
      ...{ list_no: list.list_no, base_version: order.base ?? null, ...state, ...times, ...done },
      file_hash: signed === undefined ? null : order.fileHash,
      ...{ key_id: signed?.keyId ?? null, signature: signed?.signature ?? null },
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
