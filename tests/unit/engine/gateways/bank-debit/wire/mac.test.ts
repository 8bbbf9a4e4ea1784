/** Field 64 is what tells the bank's word from that of a switch in between. */
import { expect, test } from 'vitest';
import { fromHex } from '../../../../../../engine/base/crypto/bytes.ts';
import { encode } from '../../../../../../engine/gateways/bank-debit/wire/codec.ts';
import {
  encodeWithMac,
  hasGoodMac,
} from '../../../../../../engine/gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';

const key = { algorithm: '3des', key: fromHex('1122334455667788AABBCCDDEEFF0011') } as const;

/** An approval of 10.00 yuan. */
const approval: Message = {
  mti: '0210',
  fields: {
    3: '000000',
    4: '000000001000',
    11: '000123',
    12: '090102',
    13: '1122',
    25: '00',
    37: '112209050012',
    39: '00',
    41: '10000001',
    42: '898110148160001',
    49: '156',
    60: '22000001',
  },
};

function bytesOf(encoded: ReturnType<typeof encode>): Uint8Array {
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.error));
  return encoded.value;
}

test('what was signed is good', () => {
  expect(hasGoodMac(bytesOf(encodeWithMac(approval, key)), key)).toBe(true);
});

test('a decline that was turned into an approval on the way is not', () => {
  const decline = { ...approval, fields: { ...approval.fields, 39: '51' } };
  const [declined, approved] = [decline, approval].map((message) =>
    bytesOf(encodeWithMac(message, key)),
  );
  const forged = Buffer.concat([
    approved?.subarray(0, -8) ?? Buffer.alloc(0),
    declined?.subarray(-8) ?? Buffer.alloc(0),
  ]);
  expect(hasGoodMac(forged, key)).toBe(false);
});

test('an approval that leaves the field out is not', () => {
  expect(hasGoodMac(bytesOf(encode(approval)), key)).toBe(false);
});

test('under another key it is not', () => {
  const other = { ...key, key: fromHex('0123456789ABCDEFFEDCBA9876543210') };
  expect(hasGoodMac(bytesOf(encodeWithMac(approval, other)), key)).toBe(false);
});
