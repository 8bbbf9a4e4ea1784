import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import type { RenderedDecision } from '../../../../../engine/render/render-answer.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  MORNING,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { money, reserveWithBank, shown, storeWithPerson, TEN_YUAN } from './store-with-person.ts';

type Given<Type extends Command['type']> = Extract<Command, { type: Type }>;

const release = (
  of: Settlement,
  responseCode: string | undefined,
): Given<'release-reservation'> => ({
  type: 'release-reservation',
  fence: 0,
  key: of.key,
  at: MORNING + 700,
  settlementId: of.id,
  responseCode,
});
const silent = (of: Settlement): Given<'begin-reversal'> => ({
  type: 'begin-reversal',
  fence: 0,
  key: of.key,
  at: MORNING + 60_000,
  settlementId: of.id,
  reason: '98',
});
const reversed = (of: Settlement, fence = 0): Given<'finish-reversal'> => ({
  type: 'finish-reversal',
  fence,
  key: of.key,
  at: MORNING + 61_000,
  settlementId: of.id,
  responseCode: '00',
});

function reserved() {
  const store = storeWithPerson({ person: TEN_YUAN });
  const nothingSold = { ...money(store) };
  return { store, nothingSold, settlement: reserveWithBank(store) };
}

const endings = {
  approved: (of: Settlement): readonly Command[] => [confirmDebit(of)],
  declined: (of: Settlement): readonly Command[] => [release(of, '51')],
  'not sent': (of: Settlement): readonly Command[] => [release(of, undefined)],
  silent: (of: Settlement): readonly Command[] => [silent(of)],
  'silent, then reversed': (of: Settlement): readonly Command[] => [silent(of), reversed(of)],
};

describe('the bank answered', () => {
  test('approved: posted, and what was held is spent', () => {
    const { store, settlement } = reserved();
    expect(shown(store.run(confirmDebit(settlement)))).toMatchObject({
      status: 200,
      outcome: 'approved',
      state: 'posted',
      accountBalance: '0.00',
      bank: {
        responseCode: '00',
        rrn: '112210000101',
        authCode: '654321',
        stan: '000101',
        amount: '30.68',
      },
    });
    expect(money(store)).toMatchObject({
      people: [{ accountBalance: 0n, accountHeld: 0n }],
      accounts: [
        ['bank:P44190000123', -3068n],
        ['institution:P44190000123', 4068n],
        ['person', -1000n],
      ],
    });
  });

  test.each([
    ['51', 'BANK_FUNDS_SHORT'],
    ['55', 'BANK_PIN_WRONG'],
    ['75', 'BANK_PIN_LOCKED'],
    ['14', 'BANK_CARD_REFUSED'],
    ['05', 'BANK_DECLINED'],
    ['77', 'BANK_SIGN_IN_NEEDED'],
    ['99', 'BANK_SIGN_IN_NEEDED'],
    ['A0', 'BANK_SIGN_IN_NEEDED'],
    [undefined, 'BANK_UNREACHABLE'],
  ])('%s: %s, and everything is as if there had been no sale', (responseCode, code) => {
    const { store, settlement, nothingSold } = reserved();
    expect(shown(store.run(release(settlement, responseCode)))).toMatchObject({
      status: 422,
      code,
      moneyEffect: 'none',
    });
    expect(money(store)).toEqual(nothingSold);
    expect(store.settlements.get(settlement.id)?.state).toBe('released');
  });

  test('silence: unknown until the reversal is answered, then given back', () => {
    const { store, settlement, nothingSold } = reserved();
    expect(shown(store.run(silent(settlement)))).toMatchObject({
      status: 202,
      outcome: 'unknown',
      state: 'reversing',
    });
    expect(money(store).people).toEqual([{ accountBalance: 1000n, accountHeld: 1000n }]);
    expect(shown(store.run(reversed(settlement)))).toMatchObject({
      status: 422,
      code: 'BANK_REVERSED',
    });
    expect(money(store)).toEqual(nothingSold);
  });

  test('the key of the sale gives what the bank brought, also to who asks again', () => {
    for (const ending of Object.values(endings)) {
      const { store, settlement } = reserved();
      let last: RenderedDecision | undefined;
      for (const command of ending(settlement)) last = store.run(command);
      const asked = store.run(settleBill({ tender: bankDebit('30.68') }));
      expect(asked).toMatchObject({
        answer: { kind: 'stored' },
        rendered: last?.rendered,
        writes: undefined,
      });
    }
  });
});

describe('given twice, or too late', () => {
  const names = Object.keys(endings) as (keyof typeof endings)[];
  const all: Command['type'][] = ['confirm-debit', 'release-reservation', 'begin-reversal'];

  test.each(names)('after "%s" nothing else changes the outcome', (name) => {
    for (const type of all) {
      const { store, settlement } = reserved();
      for (const command of endings[name](settlement)) store.run(command);
      const before = { state: store.settlements.get(settlement.id)?.state, ...money(store) };
      const lateOnes: Command[] = [
        confirmDebit(settlement),
        release(settlement, '51'),
        release(settlement, undefined),
        silent(settlement),
      ];
      for (const late of lateOnes.filter((command) => command.type === type)) store.run(late);
      expect({ state: store.settlements.get(settlement.id)?.state, ...money(store) }).toEqual(
        before,
      );
    }
  });

  test('a reversal that is answered twice gives back once', () => {
    const { store, settlement, nothingSold } = reserved();
    store.run(silent(settlement));
    const first = store.run(reversed(settlement));
    const second = store.run(reversed(settlement));
    expect(second.rendered).toEqual(first.rendered);
    expect(money(store)).toEqual(nothingSold);
  });

  test('an approval while the reversal is under way does not revive the sale', () => {
    const { store, settlement, nothingSold } = reserved();
    store.run(silent(settlement));
    expect(store.run(confirmDebit(settlement)).answer.outcome).toBe('unknown');
    // The attempt that was under way may have reached the bank before the sale did: it does not count.
    store.run(reversed(settlement));
    expect(store.settlements.get(settlement.id)?.state).toBe('reversing');
    store.run(reversed(settlement, 1));
    expect(money(store)).toEqual(nothingSold);
  });

  test('an approval after the reversal was answered: the sale was sent late, so it is reversed again', () => {
    const { store, settlement, nothingSold } = reserved();
    for (const command of endings['silent, then reversed'](settlement)) store.run(command);
    const late = store.run(confirmDebit(settlement, { at: MORNING + 70_000 }));
    expect(late.answer).toMatchObject({ outcome: 'declined', code: 'BANK_REVERSED' });
    const leg = () => store.bankLegs.get(`${settlement.id} 0`);
    expect(leg()).toMatchObject({ state: 'reversing', nextAttemptAt: MORNING + 70_000 });
    store.run(reversed(settlement, 1));
    expect(leg()).toMatchObject({ state: 'reversed', nextAttemptAt: undefined });
    expect(store.settlements.get(settlement.id)?.state).toBe('released');
    expect(money(store)).toEqual(nothingSold);
  });

  test('an attempt without an answer is counted, and the next one set, until the leg is finished', () => {
    const { store, settlement } = reserved();
    store.run(silent(settlement));
    const touch: Given<'postpone-leg'> = {
      type: 'postpone-leg',
      fence: 0,
      key: settlement.key,
      at: MORNING + 61_000,
      settlementId: settlement.id,
      legNo: 0,
      nextAttemptAt: MORNING + 63_000,
      responseCode: '96',
    };
    store.run(touch);
    const leg = () => store.bankLegs.get(`${settlement.id} 0`);
    expect(leg()).toMatchObject({
      attempts: 1,
      nextAttemptAt: MORNING + 63_000,
      responseCode: '96',
    });
    store.run(reversed(settlement));
    store.run(touch);
    expect(leg()).toMatchObject({ state: 'reversed', attempts: 1, nextAttemptAt: undefined });
  });
});

test('a person who changed scheme meanwhile gets back what that scheme had counted', () => {
  const { store, settlement, nothingSold } = reserved();
  const person = store.persons.get(settlement.key.personNo);
  if (person === undefined) throw new Error('the person is on record');
  store.persons.set(settlement.key.personNo, { ...person, scheme: '390' });
  store.run(release(settlement, '51'));
  expect(money(store)).toEqual(nothingSold);
});

test('the counter of the bank application is kept with the reservation', () => {
  const { store } = reserved();
  expect(store.cards.get(card().cardId)?.lastAtc).toBe(17);
  const again = settleBill({ name: 'sale-2', at: MORNING + 1, tender: bankDebit('40.68') });
  expect(shown(store.run(again)).code).toBe('CHIP_COUNTER_NOT_RISING');
});
