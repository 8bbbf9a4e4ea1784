import { expect, test } from 'vitest';
import { readAtc } from '../../../../../engine/flows/leg/application-counter.ts';

test.each([
  ['alone', '9F36020011', 17],
  ['among others, lower case', '9f2608a1b2c3d4e5f60718950500000000009f3602ffff9f1a020156', 0xffff],
  ['after a value that holds the same bytes', '9F10079F3602FFFF00009F36020011', 17],
])('%s', (_, chipData, counter) => {
  expect(readAtc(chipData)).toBe(counter);
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
])('not there: %s', (_, chipData) => {
  expect(readAtc(chipData)).toBeUndefined();
});
