import { describe, expect, test } from 'vitest';
import { lineAmount } from '../../../../rules/kernel/line-amount.ts';
import { divideRounded, divideUp, shareOf } from '../../../../rules/kernel/round.ts';

describe('divideRounded', () => {
  test.each([
    ['0.226 → 0.23, as a recorded reply', 226n, 10n, 23n, 23n],
    ['65.513 → 65.51', 65_513n, 10n, 6551n, 6551n],
    ['383.215 → 383.22 in both modes', 383_215n, 10n, 38_322n, 38_322n],
    ['the half above an even fen parts the modes', 25n, 10n, 3n, 2n],
    ['a whole number stays', 40n, 1n, 40n, 40n],
    ['nothing of nothing', 0n, 7n, 0n, 0n],
  ])('%s', (_case, num, den, halfUp, halfEven) => {
    expect(divideRounded(num, den, 'half-up')).toBe(halfUp);
    expect(divideRounded(num, den, 'half-even')).toBe(halfEven);
  });
});

test('a share of two thirds is exact before it is rounded', () => {
  // 292.14 × 2/3 = 194.76, the unit supplement of a recorded Beijing settlement.
  expect(shareOf(29_214n, { num: 2n, den: 3n, text: '2/3' }, 'half-up')).toBe(19_476n);
});

test('divideUp never leaves a rest behind', () => {
  expect([divideUp(9n, 3n), divideUp(10n, 3n), divideUp(0n, 3n)]).toEqual([3n, 4n, 0n]);
});

test('a line amount is half up: 6 × 1.3975 = 8.385 → 8.39, as on a recorded Jiangxi bill', () => {
  expect(lineAmount(60_000n, 1_397_500n)).toBe(839n);
});
