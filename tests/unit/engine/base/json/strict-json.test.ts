// Goal: the strict reader takes what JSON.parse takes, less what two readers may read differently.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseStrictJson } from '../../../../../engine/base/json/strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const forbidden = ['__proto__', 'constructor', 'prototype'];

test('ordinary JSON means what it always means', () => {
  const value = fc.jsonValue({ maxDepth: 8 }).filter((candidate) => {
    const text = JSON.stringify(candidate);
    return !text.includes('\\u') && forbidden.every((name) => !text.includes(name));
  });
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (candidate, indent) => {
      const text = JSON.stringify(candidate, undefined, indent);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  '{"a":"1","a":"2"}',
  '{"a":"1","\\u0061":"2"}',
  '[{"b":{"a":[],"a":[]}}]',
  '{"":"1","":"2"}',
  '{"x":{"__proto__":1}}',
  '{"\\u005f_proto__":1}',
  '{"prototype":"1"}',
  '"\\u0000"',
  '{"\\u0000":"1"}',
  '"\\ud800"',
  '{"a":"\\udc00\\ud800"}',
  '"\\',
  '"',
  '{"a":"}',
  '',
  ' ',
  '\u00a0{}',
  '{"a":01}',
  "{'a':1}",
  '{"a":1,}',
  '[1,]',
  '// x\n{}',
  'NaN',
  '"\t"',
  '\ufeff{}',
])('%s is refused', (text) => {
  expect(parse(text)).toBeUndefined();
});

test.each([
  ['an escaped pair is a character', '"\\ud83d\\ude00"', '😀'],
  [
    'colons, braces and quotes inside a text count for nothing',
    '{"a":"{:[\\":\\\\"}',
    { a: '{:["\\:'.replace('\\:', ':\\') },
  ],
  [
    'names that every object inherits are names like others',
    '{"toString":"1","valueOf":"2","hasOwnProperty":"3"}',
    { toString: '1', valueOf: '2', hasOwnProperty: '3' },
  ],
  ['twelve levels', `${'['.repeat(12)}${']'.repeat(12)}`, [[[[[[[[[[[[]]]]]]]]]]]]],
])('%s', (_name, text, value) => {
  expect(parse(text)).toEqual(value);
});

test('a level more is refused', () => {
  expect(parse(`${'['.repeat(13)}${']'.repeat(13)}`)).toBeUndefined();
});

test.each([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]])(
  'the bytes %j are not UTF-8',
  (...bytes) => {
    expect(parseStrictJson(Buffer.from([0x22, ...bytes, 0x22]))).toBeUndefined();
  },
);
