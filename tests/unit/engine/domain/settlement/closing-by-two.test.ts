/** A reversal that the bank cannot answer is closed by two people who have seen the same thing. */

import { expect, test } from 'vitest';
import type { ApproveResolution } from '../../../../../engine/domain/resolution/approve-resolution.ts';
import type { ProposeResolution } from '../../../../../engine/domain/resolution/propose-resolution.ts';
import { MORNING } from '../../../../support/domain/builders.ts';
import { legUnanswered } from '../../../../support/domain/leg-commands.ts';
import { operator } from '../../../../support/domain/operator.ts';
import { money, reserveWithBank, shown, storeWithPerson, TEN_YUAN } from './store-with-person.ts';

/** A sale whose reversal nobody answers. */
function reversing() {
  const store = storeWithPerson({ person: TEN_YUAN });
  const { key, id: settlementId } = reserveWithBank(store);
  const of = { key, settlementId, legNo: 0, at: MORNING + 60_000 } as const;
  store.run(legUnanswered({ ...of, fence: 0 }));
  const state = () => store.settlements.get(settlementId)?.state;
  expect(state()).toBe('reversing');
  return {
    store,
    state,
    propose: (by: string, outcome: ProposeResolution['outcome'] = 'bank-reversed') =>
      store.run({
        ...{ type: 'propose-resolution', ...of, outcome, reason: 'the bank wrote so' },
        by: operator(by),
      }),
    approve: (by: string, proposalNo?: ApproveResolution['proposalNo']) =>
      store.run({ type: 'approve-resolution', ...of, proposalNo, by: operator(by) }),
  };
}

test('who proposed does not approve', () => {
  const { propose, approve, state, store } = reversing();
  propose('zhao');
  const before = money(store);
  expect(shown(approve('zhao'))).toMatchObject({ code: 'CLOSING_NEEDS_SECOND_PERSON' });
  expect(state()).toBe('reversing');
  expect(money(store)).toEqual(before);
});

test('a second person closes it, and the hold is given back', () => {
  const { propose, approve, state, store } = reversing();
  propose('zhao');
  expect(shown(approve('qian'))).toMatchObject({ outcome: 'approved', state: 'closed' });
  expect(state()).toBe('released');
  expect(money(store).people).toEqual([{ ...TEN_YUAN, accountHeld: 0n }]);
});

test('nobody approves unseen what has taken the place of the proposal that was shown', () => {
  const { propose, approve, state } = reversing();
  propose('zhao', 'bank-reversed');
  propose('sun', 'bank-kept');
  expect(shown(approve('qian', 1))).toMatchObject({ code: 'CLOSING_NOT_PROPOSED' });
  expect(shown(approve('qian'))).toMatchObject({ code: 'CLOSING_NOT_PROPOSED' });
  expect(state()).toBe('reversing');
  expect(shown(approve('qian', 2))).toMatchObject({ outcome: 'approved', closing: 'bank-kept' });
});
