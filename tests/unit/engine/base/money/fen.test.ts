import { describe, expect, test } from 'vitest';
import {
  addFen,
  fen,
  formatFen,
  negateFen,
  parseFen,
  subtractFen,
} from '../../../../../engine/base/money/fen.ts';

test('every amount up to 200 yuan is read as its fen and printed as it was: 1.13 is 113, never 112', () => {
  const wrong: string[] = [];
  for (let count = 0n; count <= 20_000n; count++) {
    const text = `${count / 100n}.${(count % 100n).toString().padStart(2, '0')}`;
    const amount = parseFen(text);
    if (amount !== count || formatFen(amount) !== text) wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

describe('parseFen', () => {
  test.each([
    ['0.00', 0n],
    ['0.01', 1n],
    ['27.13', 2713n],
    ['1300.00', 130_000n],
    ['999999999999.99', 99_999_999_999_999n],
  ])('%s yuan', (text, amount) => {
    expect(parseFen(text)).toBe(amount);
  });

  test.each([
    '-1.00',
    '-0.00',
    '+1.00',
    '1',
    '1.0',
    '1.000',
    '.50',
    '01.00',
    '00.00',
    '1e400',
    '1E2.00',
    '0x10.00',
    '1,000.00',
    ' 5.00',
    '5.00 ',
    '5.00\n',
    '１００.００',
    '١٠.٠٠',
    '1000000000000.00',
    '9007199254740993',
    'NaN',
    'Infinity',
    '',
  ])('refuses %j', (text) => {
    expect(parseFen(text)).toBeUndefined();
  });
});

describe('formatFen', () => {
  test.each([
    [0n, '0.00'],
    [5n, '0.05'],
    [-5n, '-0.05'],
    [839n, '8.39'],
    [-130_000n, '-1300.00'],
    [99_999_999_999_999n, '999999999999.99'],
  ])('%s fen', (amount, text) => {
    expect(formatFen(fen(amount))).toBe(text);
  });
});

describe('limits', () => {
  const MOST = fen(99_999_999_999_999n);

  test('the largest amount may be given back', () => {
    expect(subtractFen(fen(0n), MOST)).toBe(-99_999_999_999_999n);
  });

  test('a sum beyond the national field is refused, and does not wrap', () => {
    expect(() => addFen(MOST, fen(1n))).toThrow(RangeError);
    expect(() => subtractFen(negateFen(MOST), fen(1n))).toThrow(RangeError);
    expect(addFen(MOST, fen(-1n))).toBe(99_999_999_999_998n);
  });
});
