import type { Kysely, Transaction } from 'kysely';
import type { PolicyStore, Revisions, StoredPack } from '../../ports/reference-data.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';
import { inTransaction } from './in-transaction.ts';

/** The packs that were activated in this database. */
export function createPolicyStore(database: Kysely<Database>): PolicyStore {
  return {
    listPacks: () =>
      orUnavailable(
        database
          .selectFrom('policy_pack')
          .select(['id', 'digest'])
          .orderBy('activated_at')
          .orderBy('id')
          .execute(),
      ),
    async readPack(id) {
      const query = database.selectFrom('policy_pack').selectAll().where('id', '=', id);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && packOf(row);
    },
    addPacks: (packs) => inTransaction(database, (transaction) => addPacks(transaction, packs)),
  };
}

function packOf(row: Database['policy_pack']): StoredPack {
  const { id, content, digest, activated_at } = row;
  return { id, content, digest, activatedAt: Number(activated_at) };
}

async function addPacks(
  transaction: Transaction<Database>,
  packs: readonly StoredPack[],
): Promise<readonly string[]> {
  // First, and held until the end: two activations come one after the other.
  await raiseRevision(transaction, 'policy');
  const stored = await transaction
    .selectFrom('policy_pack')
    .select(['id', 'digest'])
    .where(
      'id',
      'in',
      packs.map(({ id }) => id),
    )
    .execute();
  const digests = new Map(stored.map(({ id, digest }) => [id, digest]));
  const others = packs.filter(({ id, digest }) => (digests.get(id) ?? digest) !== digest);
  if (others.length > 0) return others.map(({ id }) => id);
  const added = packs.filter(({ id }) => !digests.has(id));
  if (added.length > 0)
    await transaction.insertInto('policy_pack').values(added.map(rowOf)).execute();
  return [];
}

function rowOf({ id, content, digest, activatedAt }: StoredPack): Database['policy_pack'] {
  return { id, content, digest, activated_at: BigInt(activatedAt) };
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
