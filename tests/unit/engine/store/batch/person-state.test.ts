/** What a batch knows of one person takes in the writes of that person's commands, and no others. */

import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { PersonNo } from '../../../../../engine/base/ids/ids.ts';
import type { Writes } from '../../../../../engine/domain/decision.ts';
import { declinedAnswer } from '../../../../../engine/domain/request/answer.ts';
import { settleBill as settleBillKind } from '../../../../../engine/domain/settlement/settle-bill.ts';
import { renderAnswer } from '../../../../../engine/render/render-answer.ts';
import {
  addRead,
  applyWrites,
  createPersonState,
  factsFor,
  rowKeys,
} from '../../../../../engine/store/batch/person-state.ts';
import { card, person, personKey, settleBill, yuan } from '../../../../support/domain/builders.ts';

const stranger = { ...personKey, personNo: '44190000000000000000000099' as PersonNo };

const answer = declinedAnswer('PIN_WRONG', {});
const rendered = renderAnswer(answer);

function stateWithCard() {
  const state = createPersonState(personKey);
  state.person = { stored: person(), now: person() };
  addRead(state.cards, card(), rowKeys.card);
  return state;
}

test('a later command sees what an earlier one wrote', () => {
  const state = stateWithCard();
  const writes = {
    person: person({ accountBalance: yuan('1.00') }),
    card: card({ pinWrongTries: 2 }),
  };
  applyWrites(state, settleBill(), { answer, writes, rendered });
  const facts = factsFor(state, settleBillKind.needs(settleBill({ name: 'sale-2' })));
  expect(facts.person?.accountBalance).toBe(yuan('1.00'));
  expect(facts.card?.pinWrongTries).toBe(2);
});

test.each<[string, Writes]>([
  ['balance', { person: person({ key: stranger }) }],
  ['card', { card: card({ key: stranger }) }],
  [
    'yearly total',
    { accumulator: { key: stranger, year: 2026, scheme: '310', amounts: new Map() } },
  ],
])('another person’s %s is not written, nor anything with it', (_, writes) => {
  const state = stateWithCard();
  const both = { person: person({ accountBalance: yuan('1.00') }), ...writes };
  expect(() => applyWrites(state, settleBill(), { answer, writes: both, rendered })).toThrow(
    InvariantViolation,
  );
  expect(state.isWritten).toBe(false);
  expect(state.person?.now).toEqual(person());
});
