/** Goal: what is shown of a person tells people apart in a list, and is of no use to others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  maskCardNumber,
  maskIdNumber,
  maskMobile,
  maskName,
} from '../../../../../engine/base/personal/mask.ts';

test.each([
  ['张三', '张*'],
  ['欧阳娜娜', '欧*'],
  ['买买提·艾合买提', '买*'],
  ['𠮷野家', '𠮷*'],
  ['张', '*'],
  ['', '*'],
])('the name %s is shown as %s', (name, shown) => {
  expect(maskName(name)).toBe(shown);
});

test.each([
  ['44190019900307651X', '4419**********651X'],
  ['441900900307651', '4419*******7651'],
  ['E12345678', 'E******78'],
  ['G1234', '*****'],
])('the ID number %s is shown as %s', (idNumber, shown) => {
  expect(maskIdNumber(idNumber)).toBe(shown);
});

test.each([
  ['A12345678', '*****5678'],
  ['6217000010001234567', '***************4567'],
  ['1234567', '*******'],
])('the card number %s is shown as %s', (cardNumber, shown) => {
  expect(maskCardNumber(cardNumber)).toBe(shown);
});

test.each([
  ['13812345678', '138****5678'],
  ['075512', '****12'],
  ['12345', '*****'],
])('the telephone number %s is shown as %s', (mobile, shown) => {
  expect(maskMobile(mobile)).toBe(shown);
});

test('a mask keeps the length of a number, and hides at least four digits or all', () => {
  const masks = [maskIdNumber, maskCardNumber, maskMobile];
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9A-Z]{0,30}$/), fc.constantFrom(...masks), (given, mask) => {
      const shown = mask(given);
      expect(shown).toHaveLength(given.length);
      const hidden = shown.split('*').length - 1;
      expect(hidden >= 4 || hidden === given.length).toBe(true);
    }),
  );
});
