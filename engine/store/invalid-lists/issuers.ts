import type { ListIssuer } from '../../ports/invalid-lists.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import { readIssuers } from './list-reads.ts';

/** Whose signature a list must bear; a key is believed for one list. */
export type Issuers = {
  all(): Promise<readonly ListIssuer[]>;
  /** @returns false: there is a key with this id already */
  add(issuer: Omit<ListIssuer, 'revokedAt'>): Promise<boolean>;
  /** Lists that it has signed stay in force. @returns false: no key with this id is believed */
  revoke(keyId: string, at: number): Promise<boolean>;
  close(): Promise<void>;
};

/** Over a pool of its own. */
export function openIssuers(url: string): Issuers {
  const database = openDatabase(url, defaultStoreLimits);
  return {
    all: () => orUnavailable(readIssuers(database)),
    add: ({ keyId, level, region, algorithm, publicKey, addedAt }) =>
      inTransaction(database, async (transaction) => {
        const [added] = await transaction
          .insertInto('invalid_list_issuer')
          .values({
            ...{ key_id: keyId, level, region, algorithm, public_key: publicKey },
            ...{ added_at: BigInt(addedAt), revoked_at: null },
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return added?.numInsertedOrUpdatedRows === 1n;
      }),
    revoke: (keyId, at) =>
      inTransaction(database, async (transaction) => {
        const [revoked] = await transaction
          .updateTable('invalid_list_issuer')
          .set({ revoked_at: BigInt(at) })
          .where('key_id', '=', keyId)
          .where('revoked_at', 'is', null)
          .execute();
        return revoked?.numUpdatedRows === 1n;
      }),
    close: () => database.destroy(),
  };
}
