import { describe, expect, test } from 'vitest';
import type { InstitutionCode } from '../../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  confirmDebit,
  finishRefund,
  MORNING,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
} from '../../../../support/domain/builders.ts';
import { legReversed, legUnanswered } from '../../../../support/domain/leg-commands.ts';
import {
  money,
  onlySettlement,
  reserveWithBank,
  shown,
  storeWithPerson,
  TEN_YUAN,
} from '../settlement/store-with-person.ts';

function soldForCash() {
  const store = storeWithPerson();
  const nothingSold = money(store);
  store.run(settleBill({ lines: pricedLines([ASPIRIN, BENIDIPINE, TOOTHPASTE]) }));
  return { store, nothingSold, settlement: onlySettlement(store) };
}

function soldWithBank() {
  const store = storeWithPerson({ person: TEN_YUAN });
  const nothingSold = money(store);
  const settlement = reserveWithBank(store);
  store.run(confirmDebit(settlement));
  return { store, nothingSold, settlement, sold: money(store) };
}

const silent = (of: Settlement, legNo: number): Command =>
  legUnanswered({ key: of.key, settlementId: of.id, at: MORNING + 120_000, fence: 0, legNo });
const reversed = (of: Settlement, legNo: number, fence = 0): Command =>
  legReversed({ key: of.key, settlementId: of.id, at: MORNING + 121_000, fence, legNo });

describe('without a bank leg', () => {
  test('in full: everybody has back what they paid', () => {
    const { store, nothingSold, settlement } = soldForCash();
    expect(shown(store.run(refundSettlement(settlement)))).toMatchObject({
      status: 200,
      outcome: 'approved',
      refundNo: 1,
      state: 'refunded',
      lines: ['1', '2', '3'],
      amounts: {
        total: '60.58',
        accountPay: '40.68',
        patientPay: '19.90',
        cashPay: '19.90',
        bankPay: '0.00',
      },
      accountBalance: '500.00',
    });
    expect(money(store)).toEqual(nothingSold);
  });

  test('line by line, in any order: the same', () => {
    for (const order of [
      ['1', '2', '3'],
      ['3', '1', '2'],
      ['2', '3', '1'],
    ]) {
      const { store, nothingSold, settlement } = soldForCash();
      const states = order.map((line, index) => {
        const command = refundSettlement(settlement, { name: `refund-${index}`, lines: [line] });
        return shown(store.run(command)).state;
      });
      expect(states).toEqual(['posted', 'posted', 'refunded']);
      expect(money(store)).toEqual(nothingSold);
    }
  });

  test('a line is given back once', () => {
    const { store, settlement } = soldForCash();
    store.run(refundSettlement(settlement, { lines: ['1'] }));
    const again = store.run(refundSettlement(settlement, { name: 'refund-2', lines: ['1'] }));
    expect(shown(again)).toMatchObject({ status: 400, code: 'REFUND_LINE_UNKNOWN' });
    const rest = store.run(refundSettlement(settlement, { name: 'refund-3' }));
    expect(shown(rest)).toMatchObject({ lines: ['2', '3'], state: 'refunded' });
  });

  test.each([[['9']], [['1', '1']], [[]], [['1', '9']]])(
    'lines %j are refused as a whole',
    (lines) => {
      const { store, settlement } = soldForCash();
      const before = money(store);
      expect(shown(store.run(refundSettlement(settlement, { lines }))).code).toBe(
        'REFUND_LINE_UNKNOWN',
      );
      expect(money(store)).toEqual(before);
    },
  );

  test('a second full refund moves nothing', () => {
    const { store, nothingSold, settlement } = soldForCash();
    store.run(refundSettlement(settlement));
    expect(shown(store.run(refundSettlement(settlement, { name: 'refund-2' })))).toMatchObject({
      status: 409,
      code: 'REFUND_NOT_POSSIBLE',
    });
    expect(money(store)).toEqual(nothingSold);
  });

  test('a free line (0.00) can be given back too', () => {
    const store = storeWithPerson();
    store.run(settleBill({ lines: pricedLines([ASPIRIN, { code: null, price: '0.00' }]) }));
    const settlement = onlySettlement(store);
    const free = store.run(refundSettlement(settlement, { lines: ['2'] }));
    expect(shown(free)).toMatchObject({ status: 200, state: 'posted', amounts: { total: '0.00' } });
  });

  test('a person who changed scheme since: the accumulator of the sale is corrected', () => {
    const { store, nothingSold, settlement } = soldForCash();
    const person = store.persons.get(settlement.key.personNo);
    if (person === undefined) throw new Error('the person is on record');
    store.persons.set(settlement.key.personNo, { ...person, scheme: '390' });
    store.run(refundSettlement(settlement));
    expect(money(store)).toEqual(nothingSold);
  });

  test('another institution learns nothing, not even that the settlement exists', () => {
    const { store, settlement } = soldForCash();
    const requests = store.requests.size;
    const institution = 'P44190000999' as InstitutionCode;
    const decision = store.run(refundSettlement(settlement, { institution }));
    const nowhere = { ...settlement, id: '0400000000ZZZZZZZZZZZZZZZZZZ' as Settlement['id'] };
    const unknown = store.run(refundSettlement(nowhere, { institution }));
    expect(decision.rendered).toEqual(unknown.rendered);
    expect(shown(decision).code).toBe('SETTLEMENT_NOT_FOUND');
    expect(store.requests.size).toBe(requests);
  });
});

describe('a settlement that is not posted has nothing to give back', () => {
  test('reserved, reversing, released', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const settlement = reserveWithBank(store);
    const codes = [undefined, silent(settlement, 0), reversed(settlement, 0)].map(
      (command, index) => {
        if (command !== undefined) store.run(command);
        return shown(store.run(refundSettlement(settlement, { name: `refund-${index}` }))).code;
      },
    );
    expect(codes).toEqual(Array(3).fill('REFUND_NOT_POSSIBLE'));
  });
});

describe('with a bank leg the bank goes first', () => {
  test('nothing moves before it has answered', () => {
    const { store, settlement, sold } = soldWithBank();
    expect(shown(store.run(refundSettlement(settlement)))).toMatchObject({
      status: 202,
      code: 'REFUND_IN_PROGRESS',
      state: 'refunding',
    });
    expect(money(store)).toEqual(sold);
    expect(store.bankLegs.get(`${settlement.id} 1`)).toMatchObject({
      kind: 'void',
      state: 'sending',
      amount: 3068n,
      stan: 202,
    });
  });

  test('approved: all back', () => {
    const { store, settlement, nothingSold } = soldWithBank();
    store.run(refundSettlement(settlement));
    const done = store.run(finishRefund(settlement));
    expect(shown(done)).toMatchObject({
      status: 200,
      state: 'refunded',
      amounts: { bankPay: '30.68', cashPay: '0.00' },
    });
    expect(money(store)).toEqual(nothingSold);
    expect(store.run(finishRefund(settlement)).rendered).toEqual(done.rendered);
    expect(money(store)).toEqual(nothingSold);
  });

  test.each(['declined', 'not-sent'] as const)(
    '%s: the sale stands, and may be refunded again',
    (outcome) => {
      const { store, settlement, sold, nothingSold } = soldWithBank();
      store.run(refundSettlement(settlement));
      const refused = store.run(
        finishRefund(settlement, { outcome, responseCode: outcome === 'declined' ? '12' : '' }),
      );
      expect(shown(refused)).toMatchObject({ status: 422, code: 'REFUND_BANK_DECLINED' });
      expect(money(store)).toEqual(sold);
      expect(store.bankLegs.get(`${settlement.id} 1`)?.state).toBe(outcome);
      store.run(refundSettlement(settlement, { name: 'refund-2', stan: 203 }));
      store.run(finishRefund(settlement, { refundNo: 2 }));
      expect(money(store)).toEqual(nothingSold);
    },
  );

  test.each([
    ['another day', { businessDate: '2026-11-23' }],
    ['another batch', { batch: 2 }],
    ['a part', { lines: ['1'] }],
  ])('%s: a refund, not a void', (_, change) => {
    const { store, settlement } = soldWithBank();
    store.run(refundSettlement(settlement, change));
    expect(store.bankLegs.get(`${settlement.id} 1`)?.kind).toBe('refund');
  });

  test('that the bank will not read before a sign-in says so, and the sale stands', () => {
    const { store, settlement, sold } = soldWithBank();
    store.run(refundSettlement(settlement));
    const refused = store.run(
      finishRefund(settlement, { outcome: 'declined', responseCode: 'A0' }),
    );
    expect(shown(refused)).toMatchObject({ status: 422, code: 'BANK_SIGN_IN_NEEDED' });
    expect(money(store)).toEqual(sold);
  });

  test('a second refund while the first is under way is refused', () => {
    const { store, settlement } = soldWithBank();
    store.run(refundSettlement(settlement, { lines: ['1'] }));
    expect(shown(store.run(refundSettlement(settlement, { name: 'refund-2' }))).code).toBe(
      'REFUND_NOT_POSSIBLE',
    );
  });

  test('a silent void is reversed: the sale stands', () => {
    const { store, settlement, sold } = soldWithBank();
    store.run(refundSettlement(settlement));
    store.run(silent(settlement, 1));
    expect(store.bankLegs.get(`${settlement.id} 1`)?.state).toBe('reversing');
    expect(shown(store.run(reversed(settlement, 1)))).toMatchObject({
      code: 'REFUND_BANK_DECLINED',
    });
    expect(money(store)).toEqual(sold);
  });

  test('a void that is approved after its reversal began gives nothing back: the bank will undo it', () => {
    const { store, settlement, sold } = soldWithBank();
    store.run(refundSettlement(settlement));
    store.run(silent(settlement, 1));
    expect(store.run(finishRefund(settlement)).answer.outcome).toBe('unknown');
    expect(money(store)).toEqual(sold);
    store.run(reversed(settlement, 1));
    expect(store.settlements.get(settlement.id)?.state).toBe('refunding');
    store.run(reversed(settlement, 1, 1));
    expect(money(store)).toEqual(sold);
    expect(store.settlements.get(settlement.id)?.state).toBe('posted');
  });

  test('a void that is approved after its reversal was answered is reversed again', () => {
    const { store, settlement, sold } = soldWithBank();
    store.run(refundSettlement(settlement));
    store.run(silent(settlement, 1));
    store.run(reversed(settlement, 1));
    store.run(finishRefund(settlement, { at: MORNING + 130_000 }));
    const leg = () => store.bankLegs.get(`${settlement.id} 1`);
    expect(leg()).toMatchObject({ state: 'reversing', nextAttemptAt: MORNING + 130_000 });
    expect(money(store)).toEqual(sold);
    store.run(reversed(settlement, 1, 1));
    expect(leg()?.state).toBe('reversed');
  });

  test('a silent refund is repeated until answered, and only then posted', () => {
    const { store, settlement, sold, nothingSold } = soldWithBank();
    store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
    store.run(silent(settlement, 1));
    expect(store.bankLegs.get(`${settlement.id} 1`)?.state).toBe('repeating');
    store.run(silent(settlement, 1));
    expect(money(store)).toEqual(sold);
    store.run(finishRefund(settlement));
    expect(money(store)).toEqual(nothingSold);
  });

  test('a copy that was not sent calls nothing off once another copy may have arrived', () => {
    const { store, settlement, sold, nothingSold } = soldWithBank();
    store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
    store.run(silent(settlement, 1));
    const late = store.run(finishRefund(settlement, { outcome: 'not-sent' }));
    expect(late.answer.outcome).toBe('unknown');
    expect(money(store)).toEqual(sold);
    store.run(finishRefund(settlement));
    expect(money(store)).toEqual(nothingSold);
  });

  test.each(['A0', '77', '97'])(
    'a copy that the host turned away (%s) calls nothing off: the one before may have been paid',
    (responseCode) => {
      const { store, settlement, sold, nothingSold } = soldWithBank();
      store.run(refundSettlement(settlement, { businessDate: '2026-11-23' }));
      store.run(silent(settlement, 1));
      const turnedAway = finishRefund(settlement, { outcome: 'declined', responseCode });
      expect(store.run(turnedAway).answer.outcome).toBe('unknown');
      expect(store.bankLegs.get(`${settlement.id} 1`)?.state).toBe('repeating');
      expect(money(store)).toEqual(sold);
      store.run(finishRefund(settlement));
      expect(money(store)).toEqual(nothingSold);
    },
  );

  test('line by line the bank gives back exactly what it took', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const nothingSold = money(store);
    const settlement = reserveWithBank(store);
    store.run(confirmDebit(settlement));
    for (const [index, line] of ['1', '2'].entries()) {
      store.run(
        refundSettlement(settlement, { name: `refund-${index}`, lines: [line], stan: 300 + index }),
      );
      store.run(finishRefund(settlement, { refundNo: index + 1 }));
    }
    expect(money(store)).toEqual(nothingSold);
    const given = [...store.bankLegs.values()].filter(({ legNo }) => legNo > 0);
    expect(given.reduce((sum, { amount }) => sum + amount, 0n)).toBe(3068n);
  });
});
