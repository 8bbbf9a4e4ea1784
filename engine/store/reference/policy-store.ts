import { type Kysely, sql, type Transaction } from 'kysely';
import type { PackMove } from '../../../rules/packs/compare-registries.ts';
import type {
  ApprovedChange,
  NewPolicyChange,
  PolicyStore,
  Revisions,
  StoredPack,
} from '../../ports/reference-data.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';
import { inTransaction } from './in-transaction.ts';
import { listChanges } from './policy-changes.ts';

/** The packs that were activated in this database, and the changes that did it. */
export function createPolicyStore(database: Kysely<Database>): PolicyStore {
  return {
    async listPacks() {
      const query = database.selectFrom('policy_pack').select(['id', 'digest', 'activated_at']);
      const rows = await orUnavailable(query.orderBy('activated_at').orderBy('id').execute());
      return rows.map(({ id, digest, activated_at }) => ({
        id,
        digest,
        activatedAt: Number(activated_at),
      }));
    },
    async readPack(id) {
      const query = database.selectFrom('policy_pack').selectAll().where('id', '=', id);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && packOf(row);
    },
    listChanges: () => listChanges(database),
    addChange: (change, revision) =>
      inTransaction(database, (transaction) => addChange(transaction, change, revision)),
    approveChange: (approved, revision) =>
      inTransaction(database, (transaction) => approveChange(transaction, approved, revision)),
    countSettlements: (move) => orUnavailable(countSettlements(database, move)),
  };
}

function packOf(row: Database['policy_pack']): StoredPack {
  const { id, content, digest, activated_at } = row;
  return { id, content, digest, activatedAt: Number(activated_at) };
}

async function addChange(
  transaction: Transaction<Database>,
  { steps, packs, reason, needsApproval, at }: NewPolicyChange,
  judgedAt: bigint,
): Promise<number | undefined> {
  // First, and held until the end: two changes come one after the other.
  const revision = await raiseRevisionFrom(transaction, judgedAt);
  if (revision === undefined) return undefined;
  if (!needsApproval) await addPacks(transaction, packs);
  const { change_no } = await transaction
    .insertInto('policy_change')
    .values({
      change_no: sql<number>`(select coalesce(max(change_no), 0) + 1 from policy_change)`,
      steps: sql<object>`${JSON.stringify(steps)}::jsonb`,
      packs: sql<object>`${JSON.stringify(needsApproval ? packs : [])}::jsonb`,
      reason: reason ?? null,
      needs_approval: needsApproval,
      proposed_at: BigInt(at),
      revision,
    })
    .returning('change_no')
    .executeTakeFirstOrThrow();
  return change_no;
}

async function approveChange(
  transaction: Transaction<Database>,
  { changeNo, by, packs, at }: ApprovedChange,
  judgedAt: bigint,
): Promise<boolean> {
  const revision = await raiseRevisionFrom(transaction, judgedAt);
  if (revision === undefined) return false;
  await addPacks(transaction, packs);
  await transaction
    .insertInto('policy_approval')
    .values({ change_no: changeNo, proposed_by: by, approved_at: BigInt(at), revision })
    .execute();
  return true;
}

async function addPacks(
  transaction: Transaction<Database>,
  packs: readonly StoredPack[],
): Promise<void> {
  if (packs.length > 0)
    await transaction.insertInto('policy_pack').values(packs.map(rowOf)).execute();
}

function rowOf({ id, content, digest, activatedAt }: StoredPack): Database['policy_pack'] {
  return { id, content, digest, activated_at: BigInt(activatedAt) };
}

/** @returns undefined, without a change, when the policy is not what it was any more */
async function raiseRevisionFrom(
  transaction: Transaction<Database>,
  from: bigint,
): Promise<bigint | undefined> {
  const row = await transaction
    .updateTable('reference_revision')
    .set({ revision: from + 1n })
    .where('name', '=', 'policy')
    .where('revision', '=', from)
    .returning('revision')
    .executeTakeFirst();
  return row?.revision;
}

/** Bills of the day of service, or of discharge where the stay has one; a late bill is of its own day. */
async function countSettlements(
  database: Kysely<Database>,
  { from, schemes, careTypes, firstDay }: PackMove,
): Promise<number> {
  if (from === undefined) return 0;
  const day = sql<string>`coalesce(input #>> '{visit,dischargeDate}', input ->> 'serviceDate')`;
  const { settlements } = await database
    .selectFrom('settlement')
    .select(({ fn }) => fn.countAll<bigint>().as('settlements'))
    .where('pack_id', '=', from)
    .where('business_date', '>=', firstDay)
    .where(day, '>=', firstDay)
    .where(sql<string>`input #>> '{insured,scheme}'`, 'in', schemes)
    .where('state', '<>', 'released')
    .where(({ or, eb }) => or(careTypes.map((prefix) => eb('care_type', 'like', `${prefix}%`))))
    .executeTakeFirstOrThrow();
  return Number(settlements);
}

/** Tells engines that something was activated; holds the row until the transaction ends. */
export async function raiseRevision(
  transaction: Transaction<Database>,
  name: keyof Revisions,
): Promise<void> {
  await transaction
    .updateTable('reference_revision')
    .set(({ eb }) => ({ revision: eb('revision', '+', 1n) }))
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
}

/** The numbers that rise with every activation. */
export async function readRevisions(database: Kysely<Database>): Promise<Revisions> {
  const rows = await orUnavailable(database.selectFrom('reference_revision').selectAll().execute());
  const of = (name: keyof Revisions) => rows.find((row) => row.name === name)?.revision ?? 0n;
  return { policy: of('policy'), catalogue: of('catalogue') };
}
