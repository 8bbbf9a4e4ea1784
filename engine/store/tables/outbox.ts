import type { OutboxMessage } from '../../domain/decision.ts';
import { bigint, type ColumnsOf, integer, json, type OfPerson, personKey, text } from './column.ts';
import type { PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

type Dated = OfPerson & OutboxMessage & { readonly at: number };

/** A message stands in its person's shard and does not name the person. */
const columns = {
  shard: personKey('key').shard,
  topic: text('fixed', (row) => row.topic),
  settlement_id: text('fixed', (row) => row.settlementId),
  card_id: text('fixed', (row) => row.cardStep?.cardId),
  card_step: integer('fixed', (row) => row.cardStep?.stepNo),
  payload: json('fixed', (row) => row.payload),
  created_at: bigint('fixed', (row) => row.at),
} satisfies ColumnsOf<Dated>;

/** Events for others; the database numbers them. */
export const outboxTable = {
  ...tableOf('outbox', columns),
  reads: [],
  written: ({ outbox = [] }, { key, at }) => outbox.map((message) => ({ ...message, key, at })),
} satisfies PersonTable<Dated>;
