// Goal: a refund says what goes back by the national names, negative; a settlement says what stands.
import { describe, expect, test } from 'vitest';
import {
  ASPIRIN,
  BENIDIPINE,
  confirmDebit,
  finishRefund,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
} from '../../../../support/domain/builders.ts';
import { readSettlement } from '../../../../support/domain/read-settlement.ts';
import { openYearCounter, type Said } from '../../../../support/domain/year-counter.ts';
import type { MemoryStore } from '../../../../support/memory/memory-store.ts';
import {
  onlySettlement,
  reserveWithBank,
  storeWithPerson,
  TEN_YUAN,
} from '../settlement/store-with-person.ts';

type Sums = {
  readonly amounts: Readonly<Record<string, string>>;
  readonly national: Readonly<Record<string, string>>;
  readonly funds: readonly { readonly amount: string }[];
};
type Document = Sums & { readonly refunded?: Sums; readonly net?: Sums };

function sold(): MemoryStore {
  const store = storeWithPerson();
  store.run(settleBill({ lines: pricedLines([ASPIRIN, BENIDIPINE, TOOTHPASTE]) }));
  return store;
}

function refund(store: MemoryStore, lines: readonly string[] | undefined, name: string): Sums {
  const { rendered } = store.run(refundSettlement(onlySettlement(store), { lines, name }));
  return JSON.parse(rendered.body);
}

/** As an enquiry answers it. */
function read(store: MemoryStore, settlement = onlySettlement(store)): Document {
  return JSON.parse(readSettlement(store, settlement));
}

const cents = (amount = '0.00') => Math.round(Number(amount) * 100);

describe('a refund', () => {
  test('by line: the prior self-pay and in-scope money of that line, and each payer, negative', () => {
    const { national, amounts } = refund(sold(), ['2'], 'refund-1');
    expect(national).toMatchObject({
      medfee_sumamt: '-27.13',
      fulamt_ownpay_amt: '0.00',
      preselfpay_amt: '-2.71',
      inscp_scp_amt: '-24.42',
      acct_pay: '-27.13',
      psn_cash_pay: '0.00',
      psn_part_amt: '-27.13',
    });
    expect(amounts).toMatchObject({ total: '27.13', accountPay: '27.13' });
  });

  test('whole: every national field of the settlement with the other sign', () => {
    const store = sold();
    const { national } = read(store);
    const back = refund(store, undefined, 'refund-1').national;
    expect(Object.keys(back)).toEqual(Object.keys(national));
    for (const [name, amount] of Object.entries(national))
      expect(back[name]).toBe(amount === '0.00' ? '0.00' : `-${amount}`);
  });

  test('that the bank answers says the same', () => {
    const store = storeWithPerson({ person: TEN_YUAN });
    const settlement = reserveWithBank(store);
    store.run(confirmDebit(settlement));
    store.run(refundSettlement(settlement));
    const { rendered } = store.run(finishRefund(settlement));
    expect(JSON.parse(rendered.body)).toMatchObject({
      national: { medfee_sumamt: '-40.68', acct_pay: '-10.00', psn_cash_pay: '-30.68' },
    });
  });
});

describe('a settlement that is read', () => {
  test('without a refund says nothing of one', () => {
    const document = read(sold());
    expect(document).not.toHaveProperty('refunded');
    expect(document).not.toHaveProperty('net');
  });

  test('after two refunds by line: gross as it was, what went back, what stands', () => {
    const store = sold();
    const gross = read(store);
    const first = refund(store, ['1'], 'refund-1');
    const second = refund(store, ['3'], 'refund-2');
    const { amounts, national, refunded, net } = read(store);
    expect({ amounts, national }).toEqual({ amounts: gross.amounts, national: gross.national });
    for (const name of Object.keys(gross.amounts)) {
      const stands = cents(gross.amounts[name]) - cents(refunded?.amounts[name]);
      expect(cents(net?.amounts[name])).toBe(stands);
    }
    for (const name of Object.keys(gross.national)) {
      const back = cents(first.national[name]) + cents(second.national[name]);
      expect(cents(refunded?.national[name])).toBe(back);
      expect(cents(net?.national[name])).toBe(cents(gross.national[name]) + back);
    }
    expect(net?.amounts).toMatchObject({ total: '27.13', priorSelfPay: '2.71' });
  });

  test('after a refund of all: nothing stands, and all of it went back', () => {
    const store = sold();
    const gross = read(store);
    refund(store, undefined, 'refund-1');
    const { refunded, net } = read(store);
    expect(onlySettlement(store).state).toBe('refunded');
    expect(refunded?.amounts).toEqual(gross.amounts);
    expect(new Set(Object.values({ ...net?.amounts, ...net?.national }))).toEqual(
      new Set(['0.00']),
    );
    expect(net?.funds.every(({ amount }) => amount === '0.00')).toBe(true);
  });
});

/** Beijing: the first 1800.00 of a year are the person's own; of the rest the fund pays 70 %. */
describe('a settlement that was corrected', () => {
  function corrected() {
    const year = openYearCounter('reprice');
    const first = year.sell(['1800.00']);
    const second = year.sell(['1000.00', '400.00']);
    return { year, first, second };
  }

  test('stands as its correction says; what the counter did not collect is a claim', () => {
    const { year, first, second } = corrected();
    year.refund(first);
    const { amounts, refunded, net } = read(year.store, year.now(second));
    expect(amounts).toMatchObject({ fundTotal: '980.00', cashPay: '420.00' });
    expect(refunded).toBeUndefined();
    expect(net?.amounts).toMatchObject({
      ...{ total: '1400.00', deductible: '1400.00', fundTotal: '0.00', patientPay: '1400.00' },
      ...{ cashPay: '420.00', claimPay: '980.00' },
    });
    expect(net?.national).toMatchObject({ hifob_pay: '0.00', psn_cash_pay: '1400.00' });
  });

  test('a line before and a line after it: each went back by what held then', () => {
    const { year, first, second } = corrected();
    const before = year.refund(second, { lines: ['2'] }) as Said & Sums;
    year.refund(first);
    const after = year.refund(second, { lines: ['1'] }) as Said & Sums;
    expect(before.amounts).toMatchObject({ fundTotal: '280.00', cashPay: '120.00' });
    expect(after.amounts).toMatchObject({ fundTotal: '0.00', cashPay: '300.00' });
    const { national, refunded, net } = read(year.store, year.now(second));
    expect(refunded?.amounts).toMatchObject({
      ...{ total: '1400.00', fundTotal: '280.00', patientPay: '1120.00' },
      ...{ deductible: '1000.00', cashPay: '420.00', claimPay: '700.00' },
    });
    for (const name of Object.keys(national))
      expect(cents(refunded?.national[name])).toBe(
        cents(before.national[name]) + cents(after.national[name]),
      );
    const standing = Object.values({ ...net?.amounts, ...net?.national });
    expect(new Set(standing)).toEqual(new Set(['0.00']));
  });

  test('a line after it: the rest stands by the corrected split', () => {
    const { year, first, second } = corrected();
    year.refund(first);
    year.refund(second, { lines: ['1'] });
    const { refunded, net } = read(year.store, year.now(second));
    expect(refunded?.amounts).toMatchObject({ fundTotal: '0.00', patientPay: '1000.00' });
    expect(refunded?.amounts).toMatchObject({ cashPay: '20.00', claimPay: '980.00' });
    expect(net?.amounts).toMatchObject({ total: '400.00', fundTotal: '0.00', cashPay: '400.00' });
    expect(net?.amounts).not.toHaveProperty('claimPay');
  });
});
