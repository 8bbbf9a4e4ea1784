import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { fen } from '../../../../engine/base/money/fen.ts';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { PricedLine } from '../../../../rules/model/bill.ts';
import { bill, line, packOf } from '../bill-builder.ts';

function split(...lines: readonly PricedLine[]) {
  const whole = explainBill(packOf(), bill(lines));
  return { ...whole, steps: whole.steps.filter((step) => step.lineNo !== undefined) };
}

describe('one line', () => {
  test('a class A item is in scope as a whole', () => {
    const { lines, steps } = split(line('13.55'));
    expect(lines).toEqual([
      {
        lineNo: '1',
        amount: 1355n,
        fullOwnPay: 0n,
        overLimit: 0n,
        priorSelfPay: 0n,
        inScope: 1355n,
      },
    ]);
    expect(steps.map((step) => [step.stage, step.amount])).toEqual([['in-scope', 1355n]]);
  });

  test('no insurance code: all own-pay, whatever its ratio says', () => {
    const { fullOwnPay, steps } = split(line('25.00', { code: undefined, selfPayE4: 0 }));
    expect([fullOwnPay, steps[0]?.rule]).toEqual([2500n, 'lines/no-code']);
  });

  test('an own-pay ratio of 1 beats class A and the price limit', () => {
    const { fullOwnPay, overLimit, steps } = split(
      line('12.00', { selfPayE4: 10_000, priceLimitE6: 1n }),
    );
    expect([fullOwnPay, overLimit, steps[0]?.rule]).toEqual([1200n, 0n, 'lines/full-own-pay']);
  });

  test('over the limit counts per unit, rounded once on the line', () => {
    // (1.3975 - 1.25) × 6 = 0.885 → 0.89
    const tablets = line('8.39', {
      quantityE4: 60_000n,
      priceE6: 1_397_500n,
      priceLimitE6: 1_250_000n,
    });
    const { overLimit, inScope } = split(tablets);
    expect([overLimit, inScope]).toEqual([89n, 750n]);
  });

  test('a price at its limit is not over it', () => {
    expect(split(line('78.00', { priceLimitE6: 78_000_000n })).overLimit).toBe(0n);
  });

  test('over the limit never exceeds the line, even when rounding would', () => {
    const cheap = line('0.00', { quantityE4: 1n, priceE6: 90_000_000n, priceLimitE6: 1n });
    expect(split(cheap).overLimit).toBe(0n);
  });

  test.each([
    [500, '5%'],
    [1000, '10%'],
    [1250, '12.5%'],
    [1234, '12.34%'],
  ])('prior self-pay of %i ten-thousandths is explained as %s', (selfPayE4, text) => {
    const { steps } = split(line('78.00', { selfPayE4 }));
    expect(steps[0]).toMatchObject({ stage: 'prior-self-pay', ratio: text, base: 7800n });
  });
});

test('prior self-pay rounds on each line, not once on the bill', () => {
  // 4.52 × 5 % = 0.226 → 0.23 twice is 0.46; once on 9.04 it would be 0.45.
  const drug = line('4.52', { selfPayE4: 500 });
  const { priorSelfPay, inScope, total } = split(drug, drug);
  expect([priorSelfPay, inScope, total]).toEqual([46n, 858n, 904n]);
});

test.each([
  ['a negative amount', { amount: fen(-1n) }],
  ['a ratio above 1', { selfPayE4: 10_001 }],
  ['a ratio below 0', { selfPayE4: -1 }],
])('%s is refused as a bug of the caller', (_case, change) => {
  expect(() => split(line('1.00', change))).toThrow(InvariantViolation);
});
