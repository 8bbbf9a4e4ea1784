import { describe, expect, test } from 'vitest';
import {
  asShare,
  divideRounded,
  divideUp,
  fraction,
  plus,
  shareText,
  times,
} from '../../../../rules/kernel/fraction.ts';
import { lineAmount } from '../../../../rules/kernel/line-amount.ts';

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

test('texts become exact fractions in lowest terms', () => {
  expect([
    fraction('0.70'),
    fraction('2/3'),
    fraction('4/6'),
    fraction('6'),
    fraction('-0.10'),
  ]).toEqual([
    { num: 7n, den: 10n },
    { num: 2n, den: 3n },
    { num: 2n, den: 3n },
    { num: 6n, den: 1n },
    { num: -1n, den: 10n },
  ]);
  expect(plus(fraction('0.70'), fraction('-0.20'))).toEqual(fraction('1/2'));
  expect(times(fraction('2/3'), fraction('0.75'))).toEqual(fraction('0.5'));
});

test('a share stays between nothing and all', () => {
  expect(asShare(fraction('-0.05'))).toEqual(fraction('0'));
  expect(asShare(plus(fraction('0.98'), fraction('0.05')))).toEqual(fraction('1'));
});

test.each([
  ['0.70', '70%'],
  ['2/3', '2/3'],
  ['0.765', '76.5%'],
  ['1', '100%'],
  ['1/8', '12.5%'],
])('%s is shown as %s', (text, shown) => {
  expect(shareText(fraction(text))).toBe(shown);
});

test('divideUp never leaves a rest behind', () => {
  expect([divideUp(9n, 3n), divideUp(10n, 3n), divideUp(0n, 3n)]).toEqual([3n, 4n, 0n]);
});

test('a line amount is half up: 6 × 1.3975 = 8.385 → 8.39, as on a recorded Jiangxi bill', () => {
  expect(lineAmount(60_000n, 1_397_500n)).toBe(839n);
});
