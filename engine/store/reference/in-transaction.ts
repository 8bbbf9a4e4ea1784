import { type Kysely, sql, type Transaction } from 'kysely';
import { orUnavailable, sqlStateOf } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

export type TransactionLimits = {
  /** Of each statement, and of each wait for a lock; never above those of the pool. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
};

const ATTEMPTS_MAX = 3;
/** Serialization failure and deadlock: the database undid everything, and wants it done again. */
const repeatedStates = new Set(['40001', '40P01']);

/**
 * The plain way to write: one transaction with Kysely, all of it or nothing.
 *
 * Use it for rows that belong to no person: lists, terminals, policies, catalogues, and whatever an operator
 * or a job writes a few times a minute. Rows of people change in batches only, by a command and its decision
 * (`Store.execute`): there the person's version guards them, and a hundred commands share one statement.
 * Whatever needs both is two steps, each of which may be repeated.
 * @param work may be called again, so it changes nothing but the database. What must not be so is an
 * InvariantViolation; a plain Error is what the driver throws when the connection is gone
 * @throws StoreUnavailable when the database is away or takes no more. If the connection broke in the commit,
 * the work may be done: it must be such that doing it again is harmless. Any other error is thrown as it is,
 * and nothing was done.
 */
export async function inTransaction<T>(
  database: Kysely<Database>,
  work: (transaction: Transaction<Database>) => Promise<T>,
  limits: TransactionLimits = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await orUnavailable(runOnce(database, work, limits));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !repeatedStates.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}

function runOnce<T>(
  database: Kysely<Database>,
  work: (transaction: Transaction<Database>) => Promise<T>,
  { statementTimeoutMs, lockTimeoutMs }: TransactionLimits,
): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    await limit(transaction, 'statement_timeout', statementTimeoutMs);
    await limit(transaction, 'lock_timeout', lockTimeoutMs);
    return work(transaction);
  });
}

async function limit(
  transaction: Transaction<Database>,
  setting: 'statement_timeout' | 'lock_timeout',
  ms: number | undefined,
): Promise<void> {
  if (ms === undefined) return;
  await sql`select set_config(${setting}, ${String(ms)}, true)`.execute(transaction);
}
