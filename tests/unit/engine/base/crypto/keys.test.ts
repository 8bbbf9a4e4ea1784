// Keys: one card one key, one session one key; a key of a wrong size is a programming error.
import { describe, expect, test } from 'vitest';

import {
  encryptBlocks,
  kcv,
  keepEncryption,
  oddParity,
  sm4CbcMac,
  sm4Encrypt,
  tripleDesDecrypt,
  tripleDesEncrypt,
} from '../../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, invertBytes, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  cardKeyFactors,
  createCardKeys,
  deriveCardKey,
  deriveCityKey,
  internalAuthCryptogram,
} from '../../../../../engine/base/crypto/card-key.ts';
import { deriveUdk, pbocSessionKey } from '../../../../../engine/base/crypto/emv-cryptogram.ts';
import { retailMac } from '../../../../../engine/base/crypto/retail-mac.ts';
import { unwrapWorkKeys, wrapWorkKeys } from '../../../../../engine/base/crypto/work-keys.ts';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { CardId } from '../../../../../engine/base/ids/ids.ts';

const masterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const cardId = '991000D15600000500000000000000FF' as CardId;
const factor8 = fromHex('0011223344556677');
const source8 = fromHex('8899AABBCCDDEEFF');

describe.each(['sm4', '3des'] as const)('the social-security application under %s', (algorithm) => {
  const cardKey = deriveCardKey({ algorithm, masterKey, cardId });

  test('gives every serial and every region its own key', () => {
    const ids = [cardId, '991000D15600000500000000000001FF', '991100D15600000500000000000000FF'];
    const keys = ids.map((id) =>
      toHex(deriveCardKey({ algorithm, masterKey, cardId: id as CardId })),
    );
    expect(new Set(keys).size).toBe(ids.length);
  });

  test('derives province, city and card as E(K, Y) || E(K, ~Y), one below the other', () => {
    const level = (key: Uint8Array, half: string) => {
      const pair = fromHex(half + toHex(invertBytes(fromHex(half))));
      const derived = encryptBlocks(algorithm, key, pair);
      return algorithm === '3des' ? oddParity(derived) : derived;
    };
    for (const left of ['991000D156000005', '991100D156000005', '441900D156000005']) {
      const province = level(masterKey, `${left.slice(0, 2)}0000${left.slice(6)}`);
      const city = level(province, left);
      for (const right of ['00000000000000FF', '00000000000001FF']) {
        const id = (left + right) as CardId;
        const expected = toHex(level(city, right));
        expect(toHex(deriveCardKey({ algorithm, masterKey, cardId: id }))).toBe(expected);
        const factors = cardKeyFactors(id);
        const cityKey = deriveCityKey({ algorithm, masterKey, factors });
        const cardKeyOf = createCardKeys(algorithm, cityKey);
        cityKey.fill(0);
        expect(toHex(cardKeyOf(factors))).toBe(expected);
      }
    }
  });

  test('a kept key schedule enciphers as a new one does, and takes whole blocks only', () => {
    const encrypt = keepEncryption(algorithm, masterKey);
    for (const blocks of [source8, factor8].map((half) => fromHex(toHex(half).repeat(2)))) {
      expect(toHex(encrypt(blocks))).toBe(toHex(encryptBlocks(algorithm, masterKey, blocks)));
      expect(() => encrypt(blocks.subarray(1))).toThrow(InvariantViolation);
    }
  });

  test('answers a challenge with 8 bytes that depend on key, factor and source', () => {
    const auth = (key: Uint8Array, factor: Uint8Array, source: Uint8Array) =>
      toHex(internalAuthCryptogram({ algorithm, cardKey: key, factor8: factor, source8: source }));
    const right = auth(cardKey, factor8, source8);
    expect(right).toMatch(/^[0-9A-F]{16}$/);
    expect(auth(masterKey, factor8, source8)).not.toBe(right);
    expect(auth(cardKey, source8, source8)).not.toBe(right);
    expect(auth(cardKey, factor8, factor8)).not.toBe(right);
  });
});

describe('work keys', () => {
  const keys = {
    pik: fromHex('11'.repeat(16)),
    mak: fromHex('22'.repeat(16)),
    tdk: fromHex('33'.repeat(16)),
  };

  test('of an SM4 sign-in: three keys with three-byte check values, 57 bytes', () => {
    const layout = { algorithm: 'sm4', masterKey, kcvBytes: 3 } as const;
    const field62 = wrapWorkKeys(layout, keys);
    expect(field62.length).toBe(57);
    expect(unwrapWorkKeys(layout, field62)).toEqual({ ok: true, value: keys });
    const damaged = (at: number) =>
      unwrapWorkKeys(layout, field62.with(at, (field62[at] ?? 0) ^ 1));
    expect(damaged(0)).toEqual({ ok: false, error: 'WORK_KEYS_PIK_CHECK' });
    expect(damaged(19)).toEqual({ ok: false, error: 'WORK_KEYS_MAK_CHECK' });
    expect(damaged(56)).toEqual({ ok: false, error: 'WORK_KEYS_TDK_CHECK' });
  });

  test('of a size that fits neither two nor three keys are refused', () => {
    const layout = { algorithm: '3des', masterKey, kcvBytes: 4 } as const;
    expect(unwrapWorkKeys(layout, new Uint8Array(24))).toEqual({
      ok: false,
      error: 'WORK_KEYS_SIZE',
    });
    expect(unwrapWorkKeys(layout, new Uint8Array(41))).toEqual({
      ok: false,
      error: 'WORK_KEYS_SIZE',
    });
  });
});

test('an 8-byte DES key runs as single DES (FIPS 81 example)', () => {
  const key = fromHex('0123456789ABCDEF');
  const cipher = tripleDesEncrypt(key, fromHex('4E6F772069732074'));
  expect(toHex(cipher)).toBe('3FA40E8A984D4815');
  expect(toHex(tripleDesDecrypt(key, cipher))).toBe('4E6F772069732074');
});

test('odd parity and check value are those that HSMs print', () => {
  expect(toHex(oddParity(fromHex('0002FF80')))).toBe('0102FE80');
  expect(toHex(kcv('3des', masterKey, 3))).toBe('08D7B4');
});

describe('a wrong key or block size is a programming error', () => {
  const short = new Uint8Array(15);
  test.each([
    ['SM4', () => sm4Encrypt(short, new Uint8Array(16))],
    ['SM4 block', () => sm4Encrypt(masterKey, short)],
    ['SM4 MAC of nothing', () => sm4CbcMac(masterKey, new Uint8Array(0))],
    ['triple DES', () => tripleDesEncrypt(short, new Uint8Array(8))],
    ['triple DES block', () => tripleDesEncrypt(masterKey, new Uint8Array(7))],
    ['retail MAC', () => retailMac({ key: short, data: source8, padding: 2 })],
    ['card key', () => deriveCardKey({ algorithm: 'sm4', masterKey: short, cardId })],
    [
      'UDK',
      () =>
        deriveUdk({
          algorithm: '3des',
          issuerMasterKey: short,
          pan: '6216261000000000018',
          panSequence: '01',
        }),
    ],
    ['ATC', () => pbocSessionKey({ algorithm: '3des', udk: masterKey, atc: new Uint8Array(3) })],
    [
      'work key',
      () =>
        wrapWorkKeys(
          { algorithm: 'sm4', masterKey, kcvBytes: 3 },
          { pik: short, mak: short, tdk: undefined },
        ),
    ],
  ])('%s', (_name, call) => {
    expect(call).toThrow(InvariantViolation);
  });
});
