import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../tables/schema.ts';

/** Trace positions count from here, one a millisecond, where the database does not know them. */
const EPOCH = Date.UTC(2025, 0, 1);
/** Left out beyond what is known, where the clock says less: ten batches. */
const MARGIN = 9_999_990n;
const BLOCK = 100n;

/**
 * Moves `bank_trace` to a position that was never given out, whatever was forgotten: the millisecond itself.
 * Two restores, even of one backup, get different positions, as long as fewer than a thousand traces a second
 * are used in the long run. The clock's word is not enough alone: it is never less than what is known.
 * @param at ms
 * @param given highest position known elsewhere
 * @returns what is left out, both ends included in positions of the sequence
 */
export async function jumpOver(
  transaction: Transaction<Database>,
  at: number,
  given: bigint | undefined,
): Promise<{ readonly from: bigint; readonly to: bigint }> {
  const { rows } = await sql<{ next: bigint }>`
    select nextval('bank_trace') as next`.execute(transaction);
  const from = rows[0]?.next ?? 0n;
  const known = given !== undefined && given > from ? given : from;
  const byClock = BigInt(Math.max(0, Math.round(at - EPOCH)));
  const target = byClock > known ? byClock : known + MARGIN;
  const to = (target / BLOCK + 1n) * BLOCK;
  await sql`select setval('bank_trace', ${to}::bigint)`.execute(transaction);
  return { from, to };
}
