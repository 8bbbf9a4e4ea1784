import type { Transaction } from 'kysely';
import type { Card } from '../../domain/card/card.ts';
import { type ColumnsOf, personKey, text } from '../tables/column.ts';
import type { Database } from '../tables/schema.ts';
import { tableOf } from '../tables/table.ts';
import { insertRows } from './insert-rows.ts';

const columns = {
  card_id: text('key', (card) => card.cardId),
  ...personKey('fixed'),
} satisfies ColumnsOf<Pick<Card, 'cardId' | 'key'>>;

const cardOwnerTable = tableOf('card_owner', columns);

/**
 * Enters cards in the directory that finds their shard. It is reference data: no batch writes it, and a
 * statement of its own comes before the one that puts the cards on record. A card that is only in the
 * directory is refused as unknown; one that is only on record would never be found.
 */
export async function addCardOwners(
  transaction: Transaction<Database>,
  cards: readonly Pick<Card, 'cardId' | 'key'>[],
): Promise<void> {
  await insertRows(transaction, cardOwnerTable, cards);
}
