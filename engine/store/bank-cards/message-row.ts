import type { CardId } from '../../base/ids/ids.ts';
import type { CardEventPayload, CardTopic } from '../../domain/bank-cards/card-event.ts';
import type { CardMessage } from '../../ports/card-messages.ts';

/** A card's row of the outbox, numbered. */
export type MessageRow = {
  shard: number;
  card_id: CardId;
  card_sequence: number;
  topic: CardTopic;
  payload: CardEventPayload;
  created_at: bigint;
  holder_name?: string | null;
};

export function messageOf(row: MessageRow): CardMessage {
  return {
    shard: row.shard,
    cardId: row.card_id,
    sequence: row.card_sequence,
    topic: row.topic,
    payload: row.payload,
    at: Number(row.created_at),
    holderName: row.holder_name ?? undefined,
  };
}
