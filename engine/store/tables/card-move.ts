import type { Card } from '../../domain/card/card.ts';
import type { CardMachine } from '../../domain/card/card-machines.ts';
import { part } from '../batch/part.ts';
import { cardTable } from './card.ts';
import { type ColumnsOf, text } from './column.ts';
import type { PersonTable } from './person-table.ts';
import { rowsNow } from './person-table.ts';
import { tableOf } from './table.ts';

type CardMove = { readonly machine: CardMachine; readonly from: string; readonly to: string };

const columns = {
  machine: text('key', (move) => move.machine),
  from_state: text('key', (move) => move.from),
  to_state: text('key', (move) => move.to),
} satisfies ColumnsOf<CardMove>;

const table = tableOf('card_transition', columns);

/** Every change of a card's three states is looked up among the legal ones; a card may make two in a row. */
export const cardMoveTable = {
  ...table,
  reads: [],
  written: ({ cards = [] }, _command, state) => {
    const now = new Map(rowsNow(state, cardTable).map((card) => [card.cardId, card]));
    return cards.flatMap((card) => {
      const moves = movesBetween(now.get(card.cardId), card);
      now.set(card.cardId, card);
      return moves;
    });
  },
  parts: ({ added }) => [part('card_move', 'rows', table, added)],
} satisfies PersonTable<CardMove>;

/** A card that is new comes out of a reviewed application, with both functions new. */
function movesBetween(before: Card | undefined, after: Card): readonly CardMove[] {
  const from = before ?? { status: 'reviewed', medical: 'new', financial: 'new' };
  const moves: readonly CardMove[] = [
    { machine: 'card', from: from.status, to: after.status },
    { machine: 'medical', from: from.medical, to: after.medical },
    { machine: 'financial', from: from.financial, to: after.financial },
  ];
  return moves.filter((move) => move.from !== move.to);
}
