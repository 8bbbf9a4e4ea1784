import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { fail, ok } from '../../base/errors/result.ts';
import type { KeepReason, Partitions } from '../../ports/partitions.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable, sqlStateOf } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';

/** The month that is, and how many after it are made ahead. */
const monthsAhead = 3;
/** Adding up all entries of a month may take this long, ms. Settlements go on meanwhile. */
const SUMS_MS = 3_600_000;

const whyByState: Readonly<Record<string, KeepReason>> = {
  YK003: 'too-young',
  YK004: 'not-there',
  YK005: 'waits-for-bank',
  '42501': 'no-right',
};

export type PartitionsOptions = {
  readonly url: string;
  /**
   * How long making months may take, ms. Rows of a month that nobody made in time are moved, and
   * settlements of
   * it wait meanwhile.
   */
  readonly addMs?: number;
};

/**
 * The monthly partitions of postings and requests, over connections of their own: statements may be long.
 * Rejects while the database is away, or somebody holds what is to be changed.
 */
export function openPartitions(
  options: PartitionsOptions,
): Partitions & { close(): Promise<void> } {
  const { url, addMs = defaultStoreLimits.statementTimeoutMs } = options;
  const database = openDatabase(url, { ...defaultStoreLimits, statementTimeoutMs: SUMS_MS });
  return {
    createAhead: (at) => orUnavailable(addMonths(database, at, addMs)),
    async list() {
      const query = sql<{ month: string; bytes: bigint }>`
        select right(inhrelid::regclass::text, 7) as month,
          sum(pg_total_relation_size(inhrelid))::bigint as bytes
        from pg_inherits
        where inhparent in ('posting'::regclass, 'request'::regclass, 'answer_block'::regclass)
          and inhrelid not in
            ('posting_default'::regclass, 'request_default'::regclass, 'answer_block_default'::regclass)
        group by month order by month desc`;
      const { rows } = await orUnavailable(query.execute(database));
      return rows.map(({ month, bytes }) => ({ month, bytes: Number(bytes) }));
    },
    async detach(month) {
      try {
        await sql`select yikatong_detach_month(${month})`.execute(database);
        return ok(undefined);
      } catch (error) {
        const why = whyByState[sqlStateOf(error) ?? ''];
        if (why !== undefined) return fail(why);
        return orUnavailable(Promise.reject(error));
      }
    },
    close: () => database.destroy(),
  };
}

async function addMonths(database: Kysely<Database>, at: number, limitMs: number): Promise<number> {
  const query = sql<{ made: number }>`select yikatong_add_months(${at}, ${monthsAhead}) as made`;
  return inTransaction(
    database,
    async (transaction) => (await query.execute(transaction)).rows[0]?.made ?? 0,
    { statementTimeoutMs: limitMs },
  );
}
