import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../tables/schema.ts';

/** Records which versions are in force together, from the commit of this transaction on. @param at ms */
export async function makeListSet(transaction: Transaction<Database>, at: number): Promise<void> {
  // Two lists that change at once make two sets, one after the other; readers do not wait.
  await sql`lock table invalid_list_set in exclusive mode`.execute(transaction);
  await sql`insert into invalid_list_set (set_no, versions, made_at)
    select coalesce((select max(set_no) from invalid_list_set), 0) + 1,
      coalesce(jsonb_object_agg(level || ' ' || region, version), '{}'), ${at}::bigint
    from invalid_list where version >= 0`.execute(transaction);
}
