import { invariant } from '../../base/errors/result.ts';
import { type Card, unsealedNumber } from '../../domain/card/card.ts';
import { part } from '../batch/part.ts';
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
import { allOfPerson, byCard, bySettlement, findRows, itsSettlement } from './find-rows.ts';
import { type Changed, listOf, nowOf, type PersonTable } from './person-table.ts';
import { tableOf, type WrittenTable } from './table.ts';

/** Who the card is: written with it, and never again. */
const identityColumns = {
  ...personKey('fixed'),
  card_id: text('key', (card) => card.cardId),
  card_number_hash: text('fixed', (card): string | undefined => card.cardNumberHash),
  sealed_card_number: text('fixed', (card): string | undefined => card.sealedCardNumber),
  card_class: text('fixed', (card) => card.cardClass),
  spec_version: text('fixed', (card) => card.specVersion),
  expires_on: text('fixed', (card) => card.expiresOn),
  application_no: text('fixed', (card) => card.origin.applicationNo),
  issuing_bank: text('fixed', (card) => card.origin.issuingBank),
  replaces: text('fixed', (card) => card.origin.replaces),
} satisfies ColumnsOf<Card>;

/** What steps of the card's life change, and no settlement: it cannot write back a state that has changed since. */
const stateColumns = {
  status: text('fixed', (card) => card.status),
  medical: text('fixed', (card) => card.medical),
  financial: text('fixed', (card) => card.financial),
  status_since: bigint('fixed', (card) => card.statusSince),
  oral_loss_until: bigint('fixed', (card) => card.oralLossUntil),
  steps: integer('fixed', (card) => card.steps),
  replaced_by: text('fixed', (card) => card.replacedBy),
  pin_verifier: text('fixed', (card) => card.pinVerifier),
} satisfies ColumnsOf<Card>;

/** What every use of the card at a counter changes. */
const counterColumns = {
  pin_wrong_tries: smallint('changing', (card) => card.pinWrongTries),
  last_challenge: bigint('changing', (card) => card.lastChallenge),
  last_atc: integer('changing', (card) => card.lastAtc),
} satisfies ColumnsOf<Card>;

const columns = { ...identityColumns, ...stateColumns, ...counterColumns };

/** Numbers that an earlier version stored stand in a column of their own until they are sealed. */
type CardRow = StoredOf<typeof columns> & { readonly card_number: string | null };

function read(row: CardRow): Card {
  return {
    key: keyOf(row),
    cardId: row.card_id,
    cardNumberHash: row.card_number_hash ?? unsealedNumber(row.card_number ?? ''),
    sealedCardNumber: row.sealed_card_number ?? '',
    cardClass: row.card_class,
    specVersion: row.spec_version,
    expiresOn: row.expires_on ?? undefined,
    status: row.status,
    medical: row.medical,
    financial: row.financial,
    statusSince: Number(row.status_since),
    oralLossUntil: msOf(row.oral_loss_until),
    steps: row.steps,
    origin: {
      applicationNo: row.application_no ?? undefined,
      issuingBank: row.issuing_bank ?? undefined,
      replaces: row.replaces ?? undefined,
    },
    replacedBy: row.replaced_by ?? undefined,
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

const table = tableOf('card', columns);
const stateNames = new Set(Object.keys(stateColumns));
const isState = ({ name }: { readonly name: string }) => stateNames.has(name);

/** The card with its state, for steps of its life. */
const movedTable: WrittenTable<Card> = {
  ...table,
  fixed: table.fixed.filter((column) => !isState(column)),
  changing: [...table.fixed.filter(isState), ...table.changing],
};

/** Cards on record. A settlement changes counters of its card, a step of the card's life its state. */
export const cardTable = {
  ...table,
  reads: [
    findRows('card', 'card', byCard, ['card_id']),
    { name: 'settlementCard', text: cardOfSettlement, keyOf: bySettlement.keyOf },
    allOfPerson('personCard', 'card'),
  ],
  read,
  rowKey: ({ cardId }) => cardId,
  facts: (cards, asked) => ({
    card: cards.find(({ cardId }) => cardId === asked.cardId),
    ...(asked.cards && { cards }),
  }),
  written: ({ card, cards = [] }) => [...listOf(card), ...cards],
  check(cards, row, { card }) {
    if (row !== card) return;
    const known = cards.find(({ cardId }) => cardId === card.cardId);
    invariant(known !== undefined, 'cards are issued elsewhere');
    const isSame = Object.values(stateColumns).every(({ of }) => of(known) === of(card));
    invariant(isSame, 'a settlement does not change the state of a card');
  },
  parts({ added, changed }) {
    const isMoved = ({ stored, now }: Changed<Card>) => stored.steps !== now.steps;
    const [moved, used] = [changed.filter(isMoved), changed.filter((one) => !isMoved(one))];
    return [
      part('new_card', 'insert', table, added),
      part('moved_card', 'update', movedTable, nowOf(moved)),
      part('card', 'update', table, nowOf(used)),
    ];
  },
} satisfies PersonTable<Card>;
