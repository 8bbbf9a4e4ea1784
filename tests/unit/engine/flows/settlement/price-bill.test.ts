import { describe, expect, test } from 'vitest';
import type { BillBody, BillLineBody } from '../../../../../engine/contract/bill.ts';
import { priceBill } from '../../../../../engine/flows/settlement/price-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  catalogues,
  dongguanPharmacy,
  TODAY,
} from '../../../../support/domain/builders.ts';

const price = (bill: BillBody) =>
  priceBill(bill, dongguanPharmacy, catalogues, { today: TODAY, daysMax: 30 });
const codeOf = (bill: BillBody) => {
  const priced = price(bill);
  return priced.ok ? 'ok' : priced.error;
};
/** One line as it stands, with its own amount as the total. */
const one = (change: Partial<BillLineBody>): BillBody => {
  const line = {
    lineNo: '1',
    code: null,
    name: '牙膏',
    quantity: '1',
    unitPrice: '10.00',
    amount: '10.00',
    ...change,
  };
  return billOf([], { lines: [line], totalAmount: line.amount });
};

describe('what an item is comes from the catalogue, never from the terminal', () => {
  test('a drug of class B', () => {
    expect(price(billOf([BENIDIPINE]))).toEqual({
      ok: true,
      value: [
        {
          lineNo: '1',
          code: BENIDIPINE.code,
          name: '盐酸贝尼地平片',
          quantityE4: 10_000n,
          priceE6: 27_130_000n,
          amount: 2713n,
          selfPayE4: 1000,
          priceLimitE6: undefined,
          itemClass: '02',
          chargeType: '09',
        },
      ],
    });
  });

  test.each([null, 'X-NOT-IN-THE-CATALOGUE', '__proto__', 'constructor'])(
    '%j is wholly own-pay',
    (code) => {
      expect(price(one({ code }))).toMatchObject({
        ok: true,
        value: [{ code: undefined, selfPayE4: 10_000 }],
      });
    },
  );
});

describe('arithmetic', () => {
  test.each([
    ['6', '1.3975', '8.39'],
    ['1', '0.005', '0.01'],
    ['1', '0.004999', '0.00'],
    ['0.3333', '3.00', '1.00'],
    ['2', '13.55', '27.10'],
  ])('%s × %s = %s', (quantity, unitPrice, amount) => {
    const rest = {
      lineNo: '2',
      code: null,
      name: '牙膏',
      quantity: '1',
      unitPrice: '1',
      amount: '1.00',
    };
    const [line] = one({ quantity, unitPrice, amount }).lines;
    const totalAmount = (Number(amount) + 1).toFixed(2);
    expect(codeOf(billOf([], { lines: [line as BillLineBody, rest], totalAmount }))).toBe('ok');
  });

  test('one fen off is refused, in a line and in the total', () => {
    expect(codeOf(one({ amount: '10.01' }))).toBe('BILL_LINE_MISMATCH');
    expect(codeOf(one({ quantity: '6', unitPrice: '1.3975', amount: '8.38' }))).toBe(
      'BILL_LINE_MISMATCH',
    );
    expect(codeOf(billOf([ASPIRIN, BENIDIPINE], { totalAmount: '40.67' }))).toBe(
      'BILL_TOTAL_MISMATCH',
    );
  });

  test('a bill of nothing is no bill', () => {
    expect(codeOf(one({ unitPrice: '0.00', amount: '0.00' }))).toBe('BILL_EMPTY');
    expect(codeOf(billOf([]))).toBe('BILL_EMPTY');
  });

  test.each<Partial<BillLineBody>>([
    { amount: '-10.00' },
    { quantity: '-1', unitPrice: '-10.00' },
    { quantity: '0', unitPrice: '10.00', amount: '0.00' },
    { quantity: '1.00000' },
    { quantity: '1e1', unitPrice: '1.00' },
    { unitPrice: '10.0000000' },
    { amount: '10' },
    { amount: '10.000' },
    { amount: '１０.００' },
    { quantity: ' 1' },
    { quantity: '' },
    { quantity: '0x1' },
    { amount: '1e400' },
  ])('%j is refused', (change) => {
    expect(codeOf(one(change))).toBe('BILL_LINE_MISMATCH');
  });

  test('two lines of one number are refused', () => {
    const [line] = billOf([ASPIRIN]).lines;
    const lines = [line as BillLineBody, line as BillLineBody];
    expect(codeOf(billOf([], { lines, totalAmount: '27.10' }))).toBe('BILL_LINE_TWICE');
  });

  test.each([
    ['beyond what an amount can be', '9999999999', '9999999999'],
    ['one step below 10^14 fen, which rounds up to it', '10000000.0001', '99999.999999'],
  ])('a product is refused, not wrapped and not thrown: %s', (_, quantity, unitPrice) => {
    for (const amount of ['999999999999.99', '1000000000000.00', '0.00']) {
      expect(codeOf(one({ quantity, unitPrice, amount }))).toBe('BILL_LINE_MISMATCH');
    }
  });

  test('the largest amount itself is taken, and its sum with one fen more is not', () => {
    const most = { quantity: '1', unitPrice: '999999999.99', amount: '999999999.99' };
    const largest = { ...most, quantity: '1000', amount: '999999999990.00' };
    expect(codeOf(one(largest))).toBe('ok');
    const [line] = one(largest).lines;
    const lines = [line as BillLineBody, { ...(line as BillLineBody), lineNo: '2' }];
    expect(codeOf(billOf([], { lines, totalAmount: '1999999999980.00' }))).toBe(
      'BILL_TOTAL_MISMATCH',
    );
  });
});

describe('date of service', () => {
  test.each([
    ['2026-11-22', 'ok'],
    ['2026-10-23', 'ok'],
    ['2026-10-22', 'BILL_DATE_INVALID'],
    ['2026-11-23', 'BILL_DATE_INVALID'],
    ['2026-11-31', 'BILL_DATE_INVALID'],
    ['2026-02-30', 'BILL_DATE_INVALID'],
    ['2026-13-01', 'BILL_DATE_INVALID'],
    ['20261122', 'BILL_DATE_INVALID'],
    ['', 'BILL_DATE_INVALID'],
  ])('%s on 2026-11-22: %s', (serviceDate, code) => {
    expect(codeOf(billOf([ASPIRIN], { serviceDate }))).toBe(code);
  });
});

test('what steers a screen, a printer or the direction of text in a name becomes a space', () => {
  const name = '牙\u001b[31m膏\u0007\n\u202e甲\u2066乙\u2028\ue863丙';
  const priced = price(one({ name }));
  expect(priced).toMatchObject({ ok: true, value: [{ name: '牙 [31m膏   甲 乙 \ue863丙' }] });
});
