/** What a batch knows of one person takes in the writes of that person's commands, and no others. */

import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { PersonNo } from '../../../../../engine/base/ids/ids.ts';
import type { Writes } from '../../../../../engine/domain/decision.ts';
import { emptyAccumulator } from '../../../../../engine/domain/person/person.ts';
import { declinedAnswer } from '../../../../../engine/domain/request/answer.ts';
import { settleBill as settleBillKind } from '../../../../../engine/domain/settlement/settle-bill.ts';
import type { RenderedDecision } from '../../../../../engine/render/render-answer.ts';
import { renderAnswer } from '../../../../../engine/render/render-answer.ts';
import {
  addRead,
  applyWrites,
  createPersonState,
  factsFor,
} from '../../../../../engine/store/batch/person-state.ts';
import { cardTable } from '../../../../../engine/store/tables/card.ts';
import { personTable } from '../../../../../engine/store/tables/person.ts';
import {
  type PersonState,
  type PersonTable,
  rowsNow,
} from '../../../../../engine/store/tables/person-table.ts';
import { personTables } from '../../../../../engine/store/tables/person-tables.ts';
import { card, person, personKey, settleBill, yuan } from '../../../../support/domain/builders.ts';

const stranger = { ...personKey, personNo: '44190000000000000000000099' as PersonNo };
const elsewhere = { ...personKey, shard: (personKey.shard + 1) % 16 };

function executed(writes: Writes): RenderedDecision {
  const answer = declinedAnswer('PIN_WRONG', {});
  return { answer, writes, rendered: renderAnswer(answer) };
}

function openState() {
  const state = createPersonState(personKey, personTables);
  read(state, personTable, person());
  read(state, cardTable, card());
  return state;
}

function read<Row>(state: PersonState, table: PersonTable<Row>, row: Row): void {
  const known = state.tables.find((one) => one.table === table);
  if (known === undefined) throw new Error('no such table');
  addRead(known, row);
}

test('a later command sees what an earlier one wrote', () => {
  const state = openState();
  const writes = {
    person: person({ accountBalance: yuan('1.00') }),
    card: card({ pinWrongTries: 2 }),
  };
  applyWrites(state, settleBill(), executed(writes));
  const facts = factsFor(state, settleBillKind.needs(settleBill({ name: 'sale-2' })));
  expect(facts.person?.accountBalance).toBe(yuan('1.00'));
  expect(facts.card?.pinWrongTries).toBe(2);
});

test.each<[string, Writes]>([
  ['balance', { person: person({ key: stranger }) }],
  ['card', { card: card({ key: stranger }) }],
  ['card', { card: card({ key: elsewhere }) }],
  ['yearly total', { accumulator: emptyAccumulator({ key: stranger, year: 2026, scheme: '310' }) }],
])('another person’s %s is not written, nor anything with it', (_, writes) => {
  const state = openState();
  const both = { person: person({ accountBalance: yuan('1.00') }), ...writes };
  expect(() => applyWrites(state, settleBill(), executed(both))).toThrow(InvariantViolation);
  expect(state.isWritten).toBe(false);
  expect(rowsNow(state, personTable)).toEqual([person()]);
});

test('a card that is not on record is not written', () => {
  const state = createPersonState(personKey, personTables);
  read(state, personTable, person());
  expect(() => applyWrites(state, settleBill(), executed({ card: card() }))).toThrow(
    'issued elsewhere',
  );
});

test('nothing is written for a person who is not on record', () => {
  const state = createPersonState(personKey, personTables);
  expect(() => applyWrites(state, settleBill(), executed({}))).toThrow('not on record');
});
