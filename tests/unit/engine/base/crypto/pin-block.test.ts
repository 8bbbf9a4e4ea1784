// Each way in which a PIN block can be malformed has its own reason, and a block is bound to its
// card.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex, xorBytes } from '../../../../../engine/base/crypto/bytes.ts';
import {
  accountField4,
  decodePinBlock0,
  decodePinBlock4,
  decryptPinBlock0,
  encodePinBlock4,
  encryptPinBlock0,
  pinAccountDigits,
  sm4Cipher,
} from '../../../../../engine/base/crypto/pin-block.ts';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { CardId } from '../../../../../engine/base/ids/ids.ts';

const pan = '6216261000000000018';
const cardId = '991000D15600000500000000000000FF' as CardId;
const otherCardId = '991000D15600000500000000000001FF' as CardId;
const pinKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const random = fromHex('0011223344556677');

const malformed = [
  ['PIN_BLOCK_CONTROL', '26123456FFFFFFFF', '56123456AAAAAAAA'],
  ['PIN_BLOCK_PIN_LENGTH', '03123FFFFFFFFFFF', '4D1234567890123A'],
  ['PIN_BLOCK_DIGITS', '0612B456FFFFFFFF', '4612B456AAAAAAAA'],
  ['PIN_BLOCK_FILL', '06123456FFFFFFFE', '46123456AAAAFAAA'],
] as const;

describe('a malformed block', () => {
  test.each(malformed)('%s in format 0', (error, field) => {
    const account = fromHex('0000100000000001'); // the 12 PAN digits before the check digit
    const block = xorBytes(fromHex(field), account);
    expect(decodePinBlock0({ block, pan })).toEqual({ ok: false, error });
  });

  test.each(malformed)('%s in format 4', (error, _field, field) => {
    const cipher = sm4Cipher(pinKey);
    const inner = cipher.encrypt(fromHex(field + toHex(random)));
    const block = cipher.encrypt(xorBytes(inner, accountField4(pan)));
    expect(decodePinBlock4({ block, pan, cipher })).toEqual({ ok: false, error });
  });

  test('of a wrong size', () => {
    const error = { ok: false, error: 'PIN_BLOCK_SIZE' };
    expect(decodePinBlock0({ block: new Uint8Array(7), pan })).toEqual(error);
    expect(decryptPinBlock0({ block: new Uint8Array(16), pan, key: pinKey })).toEqual(error);
    expect(decodePinBlock4({ block: new Uint8Array(8), pan, cipher: sm4Cipher(pinKey) })).toEqual(
      error,
    );
  });
});

describe('the medical PIN block', () => {
  test('takes the account digits from the end of the card identification code', () => {
    expect(pinAccountDigits(cardId)).toBe('000000000055');
    expect(pinAccountDigits('991000D1560000050000ABCDEF901234' as CardId)).toBe('012345901234');
  });

  test('does not open for another card', () => {
    const cipher = sm4Cipher(pinKey);
    const block = encodePinBlock4({ pin: '123456', pan: pinAccountDigits(cardId), random, cipher });
    expect(decodePinBlock4({ block, pan: pinAccountDigits(cardId), cipher })).toEqual({
      ok: true,
      value: '123456',
    });
    expect(decodePinBlock4({ block, pan: pinAccountDigits(otherCardId), cipher }).ok).toBe(false);
  });

  test('looks different each time', () => {
    const cipher = sm4Cipher(pinKey);
    const once = encodePinBlock4({ pin: '123456', pan, random, cipher });
    const again = encodePinBlock4({
      pin: '123456',
      pan,
      random: fromHex('8899AABBCCDDEEFF'),
      cipher,
    });
    expect(toHex(once)).not.toBe(toHex(again));
  });
});

test('field 52 of the bank: PIN 123456 of the UnionPay test card under its work key', () => {
  const key = fromHex('1C2C3E4F516173839404A7B6C8D9EAFB');
  const unbound = encryptPinBlock0({ pin: '123456', pan: undefined, key });
  expect(decryptPinBlock0({ block: unbound, pan: undefined, key })).toEqual({
    ok: true,
    value: '123456',
  });
  expect(decryptPinBlock0({ block: unbound, pan, key })).not.toEqual({ ok: true, value: '123456' });
  const block = encryptPinBlock0({ pin: '123456', pan, key });
  expect(toHex(block)).toBe('64292FA741F17C80');
  expect(decryptPinBlock0({ block, pan, key })).toEqual({ ok: true, value: '123456' });
});

test('a caller that hands over what is no PIN is broken, and its error does not show it', () => {
  const cipher = sm4Cipher(pinKey);
  const encode = (pin: string) => () => encodePinBlock4({ pin, pan, random, cipher });
  for (const pin of ['123', '1234567890123', '12345x']) {
    expect(encode(pin)).toThrow(InvariantViolation);
    expect(encode(pin)).not.toThrow(pin);
  }
});
