import { expect, test } from 'vitest';
import { explainBill, splitBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, PLENTY, packOf } from '../bill-builder.ts';

test('what a settlement adds to the year: in-scope money, deductible, fund paid', () => {
  const split = splitBill(packOf({ deductible: '100.00' }), bill([line('300.00')]));
  expect(Object.fromEntries(split.accumulatorChanges)).toEqual({
    'in-scope': 30_000n,
    deductible: 10_000n,
    'fund-paid': 12_000n,
  });
});

test('a cap that shares the fund-paid total is counted once', () => {
  const split = splitBill(packOf({ cap: '500.00' }), bill([line('100.00')]));
  expect(split.accumulatorChanges.get('fund-paid')).toBe(6000n);
});

test('a bill of nothing costs nobody anything', () => {
  const split = explainBill(packOf(), bill([line('0.00')], { accountAvailable: PLENTY }));
  expect([split.total, split.fundTotal, split.accountPay, split.patientPay]).toEqual([
    0n,
    0n,
    0n,
    0n,
  ]);
  expect(split.funds).toEqual([]);
  expect(split.accumulatorChanges.size).toBe(0);
});

test('the split names its pack, so that an old settlement can be recomputed', () => {
  expect(splitBill(packOf(), bill([line('1.00')])).packId).toBe('420100/2023-01-01-test');
});

test('an explanation changes no fen, and none is built unless asked for', () => {
  const [pack, input] = [packOf({ deductible: '100.00' }), bill([line('300.00')])];
  const { steps, ...plain } = splitBill(pack, input);
  const { steps: told, ...explained } = explainBill(pack, input);
  expect(explained).toEqual(plain);
  expect([steps.length, told.length > 0]).toEqual([0, true]);
});
