/** Field 55 as tags and values. */
import { expect, test } from 'vitest';
import {
  readAtc,
  readChipTags,
  writeChipTags,
} from '../../../../../engine/base/crypto/chip-tags.ts';

test('elements with one- and two-byte tags and a long length', () => {
  const long = 'AB'.repeat(200);
  const tags = readChipTags(`8202 7C00 9F3602 0001 9F10 81C8 ${long}`.replaceAll(' ', ''));
  expect(tags.ok && [...tags.value]).toEqual([
    ['82', '7C00'],
    ['9F36', '0001'],
    ['9F10', long],
  ]);
});

test('writing names the order and leaves out what is not there', () => {
  const tags = readChipTags('9F3602000195050000000000');
  expect(tags.ok && writeChipTags(tags.value, ['95', '9F1E', '9F36'])).toBe(
    '950500000000009F36020001',
  );
});

test.each([
  ['odd hex', '9F360'],
  ['not hex', 'ZZ01'],
  ['a value that is cut', '9F360200'],
  ['a tag without length', '9F36'],
  ['a tag that never ends', '9FFFFFFF'],
  ['the indefinite length', '828000'],
  ['a length of a length that is cut', '8282'],
  ['the same tag twice', '8202000082020000'],
])('%s is refused', (_what, hex) => {
  expect(readChipTags(hex)).toEqual({ ok: false, error: 'malformed' });
});

test.each([
  ['alone', '9F36020011', 17],
  ['among others, lower case', '9f2608a1b2c3d4e5f60718950500000000009f3602ffff9f1a020156', 0xffff],
  ['after a value that holds the same bytes', '9F10079F3602FFFF00009F36020011', 17],
])('the ATC: %s', (_, chipData, atc) => {
  expect(readAtc(chipData)).toBe(atc);
});

test.each([
  ['missing', '9F1A020156'],
  ['only inside another value', '9F10059F3602FFFF'],
  ['only across two digits of other bytes', '9F1A0309F3602F'],
  ['twice', '9F360200119F36020012'],
  ['of another length', '9F360111'],
  ['cut', '9F36020'],
  ['cut within the value', '9F360200'],
  ['after it, bytes that are no element', '9F3602001100'],
  ['empty', ''],
])('no ATC: %s', (_, chipData) => {
  expect(readAtc(chipData)).toBeUndefined();
});
