// Goal: a file of a person is read as it was meant, or refused with the place and the reason in both languages.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../../../../engine/base/json/find-json-fault.ts';
import {
  parseJsonDocument,
  readJsonDocument,
} from '../../../../../engine/base/json/json-document.ts';
import { encodeGbk } from '../../../../../engine/sandbox/issuer/encode-gbk.ts';

const text = '{"name": "职工门诊统筹"}';

function refusal(bytes: Uint8Array): string {
  const read = readJsonDocument(bytes);
  if (read.ok) throw new Error('it was taken');
  return `${read.error.zh}\n${read.error.en}`;
}

describe('encoding', () => {
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
  ])('%s is read', (_name, bytes) => {
    expect(readJsonDocument(bytes)).toEqual({ ok: true, value: { name: '职工门诊统筹' } });
  });

  test('GBK is refused, never read as other characters', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"name": "'),
      Buffer.from(encodeGbk('职工门诊统筹'), 'hex'),
      Buffer.from('"}'),
    ]);
    expect(refusal(bytes)).toContain('不是 UTF-8 编码（可能是 GBK');
    expect(refusal(bytes)).toContain('is not UTF-8 (perhaps GBK');
  });

  test('UTF-16 is refused', () => {
    expect(refusal(Buffer.from(`\ufeff${text}`, 'utf16le'))).toContain('UTF-16');
    expect(refusal(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toContain('UTF-16');
  });

  test('a text that an earlier conversion has damaged is refused with its line', () => {
    expect(refusal(Buffer.from('{\n"name": "ְ\ufffd\ufffd"}'))).toContain('第 2 行有替换字符');
  });
});

test.each([
  ['a name twice', '{\n "a": {"ratio": "0.60",\n "ratio": "0.95"}}', 3, '"ratio" stands twice'],
  ['a name twice, written otherwise', '{"a": 1, "\\u0061": 2}', 1, '"a" stands twice'],
  ['a name that is not allowed', '{\n"__proto__": 1}', 2, '"__proto__" is not allowed'],
  ['a trailing comma', '{"a": 1,\n}', 2, 'syntax error'],
  ['a missing comma', '[1 2]', 1, 'syntax error'],
  ['a comment', '// x\n{}', 1, 'syntax error'],
  ['a word', '{\n"a":\n  tru\n}', 3, 'syntax error'],
  ['something behind it', '{}\n{}', 2, 'syntax error'],
  ['an end too soon', '{"a": {\n"b": 1}', 2, 'not complete'],
  ['nothing', '', 1, 'not complete'],
  ['NUL', '{"a": "\\u0000"}', 1, 'no text may have'],
  ['half a surrogate pair', '{"a": "\\ud800"}', 1, 'no text may have'],
  ['too many levels', '['.repeat(201), 1, 'more than 200 levels'],
])('%s is refused with its line', (_name, content, line, reason) => {
  const refused = refusal(Buffer.from(content));
  expect(refused).toContain(reason);
  expect(refused).toContain(`line ${line}, `);
  expect(refused).toContain(`第 ${line} 行`);
});

test('a long text without an end is told at once', () => {
  expect(refusal(Buffer.from(`{"a": "${'x\\n'.repeat(500_000)}`))).toContain('syntax error');
});

test('the same name in two objects is no fault', () => {
  expect(parseJsonDocument('[{"a": 1}, {"a": {"a": 2}}]').ok).toBe(true);
});

test('whatever JSON.parse refuses is told as a syntax error, and nothing else is', () => {
  const piece = fc.constantFrom(
    ...'{}[],:"\\ \n01-.eE',
    'true',
    'null',
    '"a"',
    '"b":',
    'a',
    '\u0001',
  );
  const any = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(any, (content) => {
      let isJson = true;
      try {
        JSON.parse(content);
      } catch {
        isJson = false;
      }
      expect(findJsonFault(content, 200).en.includes('is not JSON')).toBe(!isJson);
    }),
    { numRuns: 3000 },
  );
});
