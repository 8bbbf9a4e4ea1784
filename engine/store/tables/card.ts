import { invariant } from '../../base/errors/result.ts';
import type { Card } from '../../domain/card/card.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  keyOf,
  msOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byCard, bySettlement, findRows, itsSettlement } from './find-rows.ts';
import { listOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

/**
 * Cards are issued, reported lost and cancelled elsewhere: a settlement changes their counters only, so
 * that it cannot write back a state which has changed since it was read.
 */
const columns = {
  ...personKey('fixed'),
  card_id: text('key', (card) => card.cardId),
  card_number: text('fixed', (card) => card.cardNumber),
  card_class: text('fixed', (card) => card.cardClass),
  spec_version: text('fixed', (card) => card.specVersion),
  expires_on: text('fixed', (card) => card.expiresOn),
  status: text('fixed', (card) => card.status),
  oral_loss_until: bigint('fixed', (card) => card.oralLossUntil),
  pin_verifier: text('fixed', (card) => card.pinVerifier),
  pin_wrong_tries: smallint('changing', (card) => card.pinWrongTries),
  last_challenge: bigint('changing', (card) => card.lastChallenge),
  last_atc: integer('changing', (card) => card.lastAtc),
} satisfies ColumnsOf<Card>;

function read(row: StoredOf<typeof columns>): Card {
  return {
    key: keyOf(row),
    cardId: row.card_id,
    cardNumber: row.card_number,
    cardClass: row.card_class,
    specVersion: row.spec_version,
    expiresOn: row.expires_on ?? undefined,
    status: row.status,
    oralLossUntil: msOf(row.oral_loss_until),
    pinVerifier: row.pin_verifier,
    pinWrongTries: row.pin_wrong_tries,
    lastChallenge: Number(row.last_challenge),
    lastAtc: row.last_atc,
  };
}

const cardOfSettlement = `select t.* from ${bySettlement.keys}
    cross join lateral (select * from settlement s where ${itsSettlement} offset 0) s
    cross join lateral (select * from card c
      where c.shard = s.shard and c.card_id = s.card_id offset 0) t`;

/** Cards on record. */
export const cardTable = {
  ...tableOf('card', columns),
  reads: [
    findRows('card', 'card', byCard, ['card_id']),
    { name: 'settlementCard', text: cardOfSettlement, keyOf: bySettlement.keyOf },
  ],
  read,
  rowKey: ({ cardId }) => cardId,
  facts: (cards, asked) => ({ card: cards.find(({ cardId }) => cardId === asked.cardId) }),
  written: ({ card }) => listOf(card),
  check(cards, card) {
    const isKnown = cards.some(({ cardId }) => cardId === card.cardId);
    invariant(isKnown, 'cards are issued elsewhere');
  },
} satisfies PersonTable<Card>;
