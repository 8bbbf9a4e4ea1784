/** Goal: an ID number is taken in every form that people have, in one normal form; a mistyped one is told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idCheckDigit, parseIdNumber } from '../../../../../engine/base/personal/id-number.ts';
import {
  isPersonName,
  nameForComparison,
} from '../../../../../engine/base/personal/person-name.ts';

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('1999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const region = fc.constantFrom(
  '110101',
  '441900',
  '654325',
  '810000',
  '820000',
  '830000',
  '911840',
);
const order = fc.integer({ min: 0, max: 999 }).map((no) => String(no).padStart(3, '0'));

/** A number of 18, with its birth date. */
const numbers = fc.tuple(region, day, order).map(([of, birthDate, no]) => {
  const first17 = `${of}${birthDate.replaceAll('-', '')}${no}`;
  return { number: first17 + idCheckDigit(first17), birthDate };
});

describe('golden numbers', () => {
  test.each([
    // The example of GB 11643, and one that ends in X.
    ['11010519491231002X', 'resident', '1949-12-31'],
    ['440524188001010014', 'resident', '1880-01-01'],
    ['810000199408230021', 'compatriot', '1994-08-23'],
    ['830000199201300022', 'compatriot', '1992-01-30'],
  ])('%s is taken', (number, kind, birthDate) => {
    expect(parseIdNumber(number)).toEqual({ ok: true, value: { kind, number, birthDate } });
  });

  test.each([
    [' 11010519491231002x ', '11010519491231002X'],
    ['110105491231002', '11010519491231002X'],
    ['e12345678', 'E12345678'],
    ['USA310081122701', 'USA310081122701'],
  ])('%s has the normal form %s', (given, number) => {
    expect(parseIdNumber(given)).toMatchObject({ ok: true, value: { number } });
  });

  test.each([
    ['110105194912310021', 'check-digit'],
    ['11010519490230002X', 'birth-date'],
    ['11010519000229002X', 'birth-date'],
    ['99', 'form'],
    ['00010519491231002X', 'region'],
    ['1101051949123100', 'form'],
    ['1101051949123100XX', 'form'],
    ['', 'form'],
    ['ABCDEFG', 'form'],
  ])('%s is refused: %s', (given, error) => {
    expect(parseIdNumber(given)).toEqual({ ok: false, error });
  });

  test('a leap day is a birth date in a leap year only', () => {
    const of = (year: string) => `110105${year}0229001`;
    expect(parseIdNumber(of('2000') + idCheckDigit(of('2000'))).ok).toBe(true);
    expect(parseIdNumber(of('1900') + idCheckDigit(of('1900')))).toMatchObject({ ok: false });
  });
});

describe('any number', () => {
  test('is taken, says its birth date, and is its own normal form in either case', () => {
    fc.assert(
      fc.property(numbers, ({ number, birthDate }) => {
        const read = parseIdNumber(number.toLowerCase());
        expect(read).toMatchObject({ ok: true, value: { number, birthDate } });
      }),
    );
  });

  test('with one digit wrong, or two neighbours swapped, is refused', () => {
    const places = fc.integer({ min: 0, max: 16 });
    fc.assert(
      fc.property(numbers, places, fc.integer({ min: 1, max: 9 }), ({ number }, at, add) => {
        const digit = String((Number(number[at]) + add) % 10);
        expect(parseIdNumber(number.slice(0, at) + digit + number.slice(at + 1)).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 15 }), ({ number }, at) => {
        const [left = '', right = ''] = number.slice(at, at + 2);
        fc.pre(left !== right);
        const swapped = number.slice(0, at) + right + left + number.slice(at + 2);
        expect(parseIdNumber(swapped).ok).toBe(false);
      }),
    );
  });

  test('of 15 digits equals the one of 18', () => {
    fc.assert(
      fc.property(numbers, ({ number }) => {
        fc.pre(!/^[89]/.test(number));
        const fifteen = number.slice(0, 6) + number.slice(8, 17);
        expect(parseIdNumber(fifteen)).toMatchObject({ ok: true, value: { number } });
      }),
    );
  });
});

describe('names', () => {
  test.each(['张', '欧阳娜娜', '买买提·艾合买提', '𠮷田𣗋', "Seán O'Neill-Müller", 'é'])(
    '%s is one',
    (name) => {
      expect(isPersonName(name)).toBe(true);
    },
  );

  test('50 characters are one, also rare ones; 51 are none', () => {
    expect(isPersonName('𠮷'.repeat(50))).toBe(true);
    expect(isPersonName('张'.repeat(51))).toBe(false);
  });

  test.each(['', ' 张三', '张三\n', '张\u0000三', '\uD842'])('%j is none', (name) => {
    expect(isPersonName(name)).toBe(false);
  });

  test.each([
    ['买买提·艾合买提', '买买提•艾合买提'],
    ['买买提·艾合买提', '买买提・艾合买提'],
    ['买买提 · 艾合买提', '买买提·艾合买提'],
    ['JOHN SMITH', 'Ｊｏｈｎ  Smith'],
  ])('%s and %s are typed otherwise, and equal', (one, other) => {
    expect(nameForComparison(one)).toBe(nameForComparison(other));
  });
});
