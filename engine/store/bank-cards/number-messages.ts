import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../tables/schema.ts';

/**
 * Numbers a card's messages that have no number yet, in the order in which they were stored. The caller
 * holds the card's row of `card_delivery`, so nobody else numbers them.
 */
export async function numberMessages(
  within: Transaction<Database>,
  shard: number,
  cardId: string,
): Promise<void> {
  await sql`
    with numbered as (
      update outbox o set card_sequence = n.last_sequence + n.place
      from (select m.shard, m.id, d.last_sequence, row_number() over (order by m.id) as place
        from outbox m join card_delivery d on (d.shard, d.card_id) = (m.shard, m.card_id)
        where (m.shard, m.card_id) = (${shard}, ${cardId})
          and m.sent_at is null and m.card_sequence is null) n
      where (o.shard, o.id) = (n.shard, n.id) returning o.card_sequence)
    update card_delivery set last_sequence = (select max(card_sequence) from numbered)
    where (shard, card_id) = (${shard}, ${cardId}) and exists (select from numbered)`.execute(
    within,
  );
}
