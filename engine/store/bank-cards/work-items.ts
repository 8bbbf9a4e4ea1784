import type { Transaction } from 'kysely';
import type { CardMessage, NewWorkItem } from '../../ports/card-messages.ts';
import type { Database } from '../tables/schema.ts';

/** Puts a message that the bank refused before people; a second time it changes nothing. */
export async function insertWorkItem(
  within: Transaction<Database>,
  { shard, cardId, sequence }: CardMessage,
  { openedAt, deadline, ...item }: NewWorkItem,
): Promise<void> {
  await within
    .insertInto('bank_work_item')
    .values({
      ...{ shard, card_id: cardId, direction: 'message', sequence, ...item },
      ...{ opened_at: BigInt(openedAt), deadline: BigInt(deadline) },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
