import { type Kysely, sql } from 'kysely';
import type { PolicyChange, PolicyStep, StoredPack } from '../../ports/reference-data.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

/** All changes of the packs in force: see `PolicyStore.listChanges`. */
export async function listChanges(database: Kysely<Database>): Promise<readonly PolicyChange[]> {
  // A change that waits for its approval has no place in the order yet.
  const order = sql`case when c.needs_approval then a.revision else c.revision end nulls last`;
  const query = database
    .selectFrom('policy_change as c')
    .leftJoin('policy_approval as a', 'a.change_no', 'c.change_no')
    .select(['c.change_no', 'c.steps', 'c.packs', 'c.reason', 'c.needs_approval'])
    .select(['c.proposed_by', 'c.proposed_at', 'a.approved_by', 'a.approved_at'])
    .orderBy(order)
    .orderBy('c.change_no');
  return (await orUnavailable(query.execute())).map(changeOf);
}

type ChangeRow = {
  readonly change_no: number;
  readonly steps: object;
  readonly packs: object;
  readonly reason: string | null;
  readonly needs_approval: boolean;
  readonly proposed_by: string;
  readonly proposed_at: bigint;
  readonly approved_by: string | null;
  readonly approved_at: bigint | null;
};

/** The columns of JSON hold what `addChange` wrote. */
function changeOf(row: ChangeRow): PolicyChange {
  const { approved_by: by, approved_at: at } = row;
  return {
    changeNo: row.change_no,
    steps: row.steps as readonly PolicyStep[],
    packs: row.packs as readonly StoredPack[],
    reason: row.reason ?? undefined,
    needsApproval: row.needs_approval,
    by: row.proposed_by,
    at: Number(row.proposed_at),
    approval: by === null ? undefined : { by, at: Number(at) },
  };
}
