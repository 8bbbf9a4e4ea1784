// The exact text that both sides sign, as RFC 9421 §2.5 lays it out; a change here breaks every terminal.
// The HMAC-SM3 and Ed25519 values were made with OpenSSL 3 over the same text.
import { createPrivateKey, sign } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { hmacSm3 } from '../../../../../engine/base/crypto/sm3.ts';
import {
  answerSignatureBase,
  answerSignatureInput,
  contentDigestOf,
  parseAnswerSignature,
  parseRequestSignatureInput,
  parseSignatureHeader,
  requestSignatureBase,
  requestSignatureInput,
} from '../../../../../engine/base/signatures/signature-base.ts';

const input = {
  created: 1795305600,
  nonce: 'b3k2k3h5ac302uws',
  keyId: 'T0000001',
  algorithm: 'hmac-sm3',
} as const;

const contentDigest = contentDigestOf('X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=');

const request = { ...input, method: 'POST', path: '/v1/settlements', query: '', contentDigest };

const base = `"@method": POST
"@path": /v1/settlements
"@query": ?
"content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
"@signature-params": ("@method" "@path" "@query" "content-digest");created=1795305600;nonce="b3k2k3h5ac302uws";keyid="T0000001";alg="hmac-sm3"`;

describe('requests', () => {
  test('the text that is signed', () => {
    expect(requestSignatureBase(request)).toBe(base);
    expect(requestSignatureBase({ ...request, query: '?requestKey=a' })).toContain(
      '\n"@query": ?requestKey=a\n',
    );
  });

  test('its HMAC-SM3', () => {
    const key = fromHex('33333333333333334444444444444444');
    expect(toHex(hmacSm3(key, Buffer.from(base)))).toBe(
      '5262E75D1E8AE30019890D8152C431027B58A36FF27A066051281A641262151D',
    );
  });

  test('its Ed25519 signature under the test key of RFC 9421 B.1.4', () => {
    const pkcs8 = 'MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF';
    const key = createPrivateKey({
      key: Buffer.from(pkcs8, 'base64'),
      format: 'der',
      type: 'pkcs8',
    });
    expect(sign(null, Buffer.from(base), key).toString('base64')).toBe(
      'YavGqHy9Ny6GvnGt0o4gJwgPq5tRoy+vpAG7ykDmjvHTNHmpUIFQ5kMMTVbX+kxYVdmdXDDovahc/1V0COSfBg==',
    );
  });

  test('what is written is read back', () => {
    expect(parseRequestSignatureInput(requestSignatureInput(input))).toEqual(input);
  });

  test.each([
    ['a missing component', '"@query" ', ''],
    ['another order', '"@method" "@path"', '"@path" "@method"'],
    ['another label', 'y=', 'sig1='],
    ['no algorithm', ';alg="hmac-sm3"', ''],
    ['a short nonce', 'b3k2k3h5ac302uws', 'b3k2'],
    ['a time with a sign', '1795305600', '-179530560'],
    ['a key id with a quote', 'T0000001', 'T"0000001'],
    ['an escape', 'T0000001', 'T\\0000001'],
    ['a path as key id', 'T0000001', '../../key'],
    ['text before', 'y=', 'x=();y='],
  ])('%s is refused', (_name, from, to) => {
    expect(
      parseRequestSignatureInput(requestSignatureInput(input).replace(from, to)),
    ).toBeUndefined();
  });
});

describe('the Signature header', () => {
  const mac = Buffer.alloc(32, 7).toString('base64');

  test('carries 32 or 64 bytes', () => {
    expect(parseSignatureHeader(`y=:${mac}:`)).toBe(mac);
    const long = Buffer.alloc(64, 7).toString('base64');
    expect(parseSignatureHeader(`y=:${long}:`)).toBe(long);
  });

  test.each([
    `y=${mac}`,
    `x=:${mac}:`,
    `y=:${mac.slice(4)}:`,
    `y=:${mac}:, z=:${mac}:`,
    'y=::',
    '',
  ])('%s is not one', (text) => {
    expect(parseSignatureHeader(text)).toBeUndefined();
  });
});

describe('the Signature header of an answer', () => {
  const signature = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

  test.each([64, 68, 100, 132, 324])('carries %d bytes', (bytes) => {
    expect(parseAnswerSignature(`y=:${signature(bytes)}:`)).toBe(signature(bytes));
  });

  test.each([
    `y=${signature(64)}`,
    `x=:${signature(64)}:`,
    `y=:${signature(32)}:`,
    `y=:${signature(64)}:, z=:${signature(64)}:`,
    `y=:${signature(68)}=:`,
    `y=:${signature(4_000)}:`,
    '',
  ])('%s is not one', (text) => {
    expect(parseAnswerSignature(text)).toBeUndefined();
  });
});

test('an answer is signed with its status and the signature of its request', () => {
  const algorithm = 'ed25519';
  const answer = {
    algorithm,
    status: 200,
    contentDigest,
    requestSignature: 'BwcH',
    answerKeyId: 'A1',
  } as const;
  expect(answerSignatureBase(answer)).toBe(`"@status": 200
"content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
"signature";req;key="y": :BwcH:
"@signature-params": ("@status" "content-digest" "signature";req;key="y");keyid="A1";alg="ed25519"`);
  expect(answerSignatureInput('A1', algorithm)).toBe(
    'y=("@status" "content-digest" "signature";req;key="y");keyid="A1";alg="ed25519"',
  );
});
