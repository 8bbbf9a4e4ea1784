import { type Kysely, sql } from 'kysely';
import type { Credit } from '../../domain/credit/credit.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { CreditFile, CreditOrder, CreditRecords, ProposalFault } from '../../ports/credits.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable, sqlStateOf } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { regionOfPerson } from '../person/person-records.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { creditsOf, ofFile, readFiles } from './credit-files.ts';
import {
  insertProposal,
  noteRefusals,
  RowsTaken,
  readFaults,
  readPosted,
  readRefused,
  readUnposted,
} from './credit-orders.ts';

const STATEMENT_MS = 60_000;
const PART_ROWS = 2_000;
/** SQLSTATE of a key that is there already. */
const KEY_TAKEN = '23505';

/**
 * Files of credits in PostgreSQL, over a pool of its own.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function openCreditStore(
  url: string,
): Promise<CreditRecords & { close(): Promise<void> }> {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const database = openDatabase(url, limits);
  await orUnavailable(sql`select`.execute(database));
  return {
    findFile: async (key) => (await orUnavailable(readFiles(database, { key, limit: 1 })))[0],
    findByHash: (hash) => orUnavailable(findByHash(database, hash)),
    faultsOf: (source, orders) => orUnavailable(readFaults(database, source, orders)),
    propose: (file, orders, at) => propose(database, file, { orders, at }),
    postedOf: (key) => postedOf(database, key),
    release: (key, at) => inTransaction(database, (own) => release(own, key, at)),
    withdraw: (key, at) => inTransaction(database, (own) => withdraw(own, key, at)),
    unposted: (key, after, limit) => orUnavailable(readUnposted(database, key, { after, limit })),
    noteRefusals: (key, refused, at) =>
      inTransaction(database, (own) => noteRefusals(own, key, { refused, at })),
    finish: (key, refused, at) =>
      inTransaction(database, async (own) => {
        await sql`update credit_file f set done_at = ${at}, refused = ${refused}
          where ${ofFile(key, 'f')}`.execute(own);
      }),
    refusedOf: (key, limit) => orUnavailable(readRefused(database, key, limit)),
    listFiles: (limit) => orUnavailable(readFiles(database, { limit })),
    regionOf: (key) => regionOfPerson(database, key),
    async creditsOf(key, limit) {
      const isKnown = (await regionOfPerson(database, key)) !== undefined;
      return isKnown ? orUnavailable(creditsOf(database, key, limit)) : undefined;
    },
    close: () => database.destroy(),
  };
}

async function findByHash(database: Kysely<Database>, hash: string): Promise<FileKey | undefined> {
  const row = await database
    .selectFrom('credit_file')
    .select(['source', 'file_date', 'file_no'])
    .where('hash', '=', hash)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return row && { source: row.source, date: row.file_date, number: row.file_no };
}

async function propose(
  database: Kysely<Database>,
  file: CreditFile,
  how: { orders: () => AsyncIterable<readonly CreditOrder[]>; at: number },
): Promise<ProposalFault | undefined> {
  try {
    await inTransaction(database, (transaction) => insertProposal(transaction, file, how));
    return undefined;
  } catch (error) {
    if (error instanceof RowsTaken) return 'rows-taken';
    if (sqlStateOf(error) === KEY_TAKEN) return 'key-taken';
    throw error;
  }
}

/** One act on a file after the other: each sees what the one before has done. */
async function lockFile(database: Kysely<Database>, key: FileKey): Promise<void> {
  await sql`select from credit_file f where ${ofFile(key, 'f')} for update`.execute(database);
}

/** The database fills in whose login it is. A second release finds the first one. */
async function release(database: Kysely<Database>, key: FileKey, at: number): Promise<void> {
  await lockFile(database, key);
  await sql`insert into credit_release (source, file_date, file_no, proposed_by, released_at)
    select f.source, f.file_date, f.file_no, f.proposed_by, ${at} from credit_file f
    where ${ofFile(key, 'f')} and f.withdrawn_at is null
    on conflict do nothing`.execute(database);
}

/** Nothing of a released file is withdrawn. */
async function withdraw(database: Kysely<Database>, key: FileKey, at: number): Promise<void> {
  await lockFile(database, key);
  const { numAffectedRows = 0n } = await sql`update credit_file f
    set withdrawn_by = lower(session_user), withdrawn_at = ${at}
    where ${ofFile(key, 'f')} and f.withdrawn_at is null and not exists (select from credit_release r
      where ${ofFile(key, 'r')})`.execute(database);
  if (numAffectedRows === 0n) return;
  await sql`update credit_order o set is_withdrawn = true where ${ofFile(key, 'o')}`.execute(
    database,
  );
}

async function* postedOf(database: Kysely<Database>, key: FileKey) {
  let after: Credit | undefined;
  for (;;) {
    const rows = await orUnavailable(readPosted(database, key, { after, limit: PART_ROWS }));
    after = rows.at(-1);
    if (after === undefined) return;
    yield rows;
  }
}
