import { type Kysely, sql } from 'kysely';
import type { TerminalId } from '../../base/ids/ids.ts';
import type { OnceRequest } from '../../ports/reference.ts';
import type { Database } from '../tables/schema.ts';

/** Sign-ins of one terminal within the time in which they could be repeated; a terminal needs one a day. */
const ENTRIES_MAX = 64;

/**
 * Remembers a request in its terminal's row, and forgets those that nobody takes any more. Of two engines
 * that get the same request the second waits for the row and finds the entry.
 */
export async function acceptOnce(
  database: Kysely<Database>,
  id: TerminalId,
  { created, nonce, forgetBefore }: OnceRequest,
): Promise<'new' | 'seen' | 'full'> {
  const entry = `${created} ${nonce}`;
  const kept = sql<string[]>`array(
    select known from unnest(once_requests) known
    where split_part(known, ' ', 1)::bigint >= ${forgetBefore})`;
  const accepted = await database
    .updateTable('terminal')
    .set({ once_requests: sql`${kept} || ${entry}::text` })
    .where('id', '=', id)
    .where(sql<boolean>`not ${entry} = any(once_requests)`)
    .where(sql`cardinality(${kept})`, '<', ENTRIES_MAX)
    .returning('id')
    .executeTakeFirst();
  if (accepted !== undefined) return 'new';
  const seen = await database
    .selectFrom('terminal')
    .select('id')
    .where('id', '=', id)
    .where(sql<boolean>`${entry} = any(once_requests)`)
    .executeTakeFirst();
  return seen === undefined ? 'full' : 'seen';
}
