// Goal: whatever standard fields a host adds to an approval, it is the same approval under the same MAC rules.
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unionPayMac } from '../../../../../../engine/base/crypto/unionpay-mac.ts';
import { readOutcome } from '../../../../../../engine/gateways/bank-debit/replies.ts';
import { decode, encode } from '../../../../../../engine/gateways/bank-debit/wire/codec.ts';
import { hasGoodMac } from '../../../../../../engine/gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';
import { fieldSpecs } from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';
import { passedOver } from '../../../../../../engine/gateways/bank-debit/wire/standard-fields.ts';

const macKey = {
  algorithm: '3des',
  key: Buffer.from('1122334455667788AABBCCDDEEFF0011', 'hex'),
} as const;
const approval: Message = {
  mti: '0210',
  fields: {
    ...{ 3: '000000', 4: '000000001000', 11: '000123', 12: '090102', 13: '1122', 25: '00' },
    ...{ 37: '112209050012', 38: '123456', 39: '00', 41: '10000001', 42: '898110148160001' },
    ...{ 49: '156', 55: '910A11223344556677883030' },
  },
};

const packed = (digits: number) =>
  fc.uint8Array({ minLength: (digits + 1) >> 1, maxLength: (digits + 1) >> 1 });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** After its length of two or three digits, in one or two bytes. */
const variable = (prefixBytes: 1 | 2, max: number) =>
  fc.uint8Array({ maxLength: Math.min(max, 120) }).map((content) => {
    const length = String(content.length).padStart(2 * prefixBytes, '0');
    return Buffer.concat([Buffer.from(length, 'hex'), content]);
  });
const variableDigits = fc
  .integer({ min: 0, max: 11 })
  .chain((digits) =>
    packed(digits).map((content) =>
      Buffer.concat([Buffer.from(String(digits).padStart(2, '0'), 'hex'), content]),
    ),
  );
/** C or D and packed digits: never one that looks like digits in characters. */
const fee = (digits: number) =>
  fc
    .tuple(fc.constantFrom('C', 'D'), fc.stringMatching(new RegExp(`^0[0-9]{${digits - 1}}$`)))
    .map(([sign, amount]) =>
      Buffer.concat([Buffer.from(sign, 'latin1'), Buffer.from(amount, 'hex')]),
    );

/** The fields of the standard that the interface does not use, written by their standard form. */
const unused: readonly (readonly [number, fc.Arbitrary<Uint8Array>])[] = [
  ...[5, 6, 82, 83, 84, 85].map((n) => [n, packed(12)] as const),
  ...[7, 74, 75, 76, 77, 78, 79, 80, 81].map((n) => [n, packed(10)] as const),
  ...[8, 9, 10].map((n) => [n, packed(8)] as const),
  ...[16, 17, 18, 71, 72].map((n) => [n, packed(4)] as const),
  ...[19, 20, 21, 24, 68, 69, 70].map((n) => [n, packed(3)] as const),
  ...[27, 66].map((n) => [n, packed(1)] as const),
  ...[28, 29, 30, 31].map((n) => [n, fee(8)] as const),
  ...[33, 99, 100].map((n) => [n, variableDigits] as const),
  ...[34, 102, 103].map((n) => [n, variable(1, 28)] as const),
  ...[40, 50, 51].map((n) => [n, bytes(3)] as const),
  ...[86, 87, 88, 89].map((n) => [n, packed(16)] as const),
  ...Array.from({ length: 23 }, (_none, index) => [105 + index, variable(2, 999)] as const),
  ...([
    [43, bytes(40)],
    [45, variable(1, 76)],
    [47, variable(2, 999)],
    [67, packed(2)],
  ] as const),
  ...([
    [73, packed(6)],
    [90, packed(42)],
    [91, bytes(1)],
    [92, bytes(2)],
    [93, bytes(6)],
  ] as const),
  ...([
    [94, bytes(7)],
    [95, bytes(42)],
    [96, bytes(16)],
    [97, fee(16)],
    [98, bytes(25)],
  ] as const),
  ...([
    [101, variable(1, 17)],
    [104, variable(2, 100)],
  ] as const),
];

function bytesOf(message: Message): Buffer {
  const encoded = encode(message);
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.error));
  return Buffer.from(encoded.value);
}

/** The bytes of each field of a message: what a message with the field has more than one without it. */
function splitFields({ mti, fields }: Message): readonly (readonly [number, Uint8Array])[] {
  const kept: Record<number, string> = {};
  return [...fieldSpecs.keys()].flatMap((number) => {
    const value = fields[number];
    if (value === undefined) return [];
    const before = bytesOf({ mti, fields: kept }).length;
    kept[number] = value;
    return [[number, bytesOf({ mti, fields: kept }).subarray(before)] as const];
  });
}

/** Bitmaps and fields in their order, with the MAC as the last one. */
function writeMessage(fields: readonly (readonly [number, Uint8Array])[]): Buffer {
  const isLong = fields.some(([number]) => number > 64);
  const macField = isLong ? 128 : 64;
  const bitmap = Buffer.alloc(isLong ? 16 : 8);
  for (const number of [...fields.map(([n]) => n), macField, ...(isLong ? [1] : [])]) {
    const index = (number - 1) >> 3;
    bitmap[index] = (bitmap[index] ?? 0) | (0x80 >> ((number - 1) & 7));
  }
  const ordered = fields.toSorted(([one], [other]) => one - other).map(([, content]) => content);
  const covered = Buffer.concat([Buffer.from(approval.mti, 'hex'), bitmap, ...ordered]);
  return Buffer.concat([covered, unionPayMac({ ...macKey, data: covered })]);
}

const outcomeOf = (written: Uint8Array) => {
  const message = decode(written);
  if (!message.ok) throw new Error(JSON.stringify(message.error));
  return readOutcome({ kind: 'reply', message: message.value });
};

const used = splitFields(approval);
const approved = outcomeOf(writeMessage(used));
const anyExtras = fc
  .subarray([...unused])
  .chain((chosen) =>
    fc.tuple(...chosen.map(([n, content]) => content.map((value) => [n, value] as const))),
  );

test('any unused standard fields added to an approval change nothing', () => {
  expect(approved.kind).toBe('approved');
  fc.assert(
    fc.property(anyExtras, (extras) => {
      const written = writeMessage([...used, ...extras]);
      expect(outcomeOf(written)).toEqual(approved);
      expect(hasGoodMac(written, macKey)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('each of them, alone; none is left out but a third bitmap and the MAC', () => {
  expect(
    unused
      .map(([number]) => number)
      .concat(65, 128)
      .toSorted((a, b) => a - b),
  ).toEqual([...passedOver]);
  for (const [number, content] of unused) {
    const [sample] = fc.sample(content, { numRuns: 1, seed: number });
    if (sample === undefined) throw new Error('no sample');
    expect(outcomeOf(writeMessage([...used, [number, sample]])), `field ${number}`).toEqual(
      approved,
    );
  }
});

test('the MAC covers them: one changed bit anywhere is a bad MAC', () => {
  fc.assert(
    fc.property(anyExtras, fc.nat(), fc.integer({ min: 0, max: 7 }), (extras, at, bit) => {
      const written = writeMessage([...used, ...extras]);
      const index = at % written.length;
      written[index] = (written[index] ?? 0) ^ (1 << bit);
      expect(hasGoodMac(written, macKey)).toBe(false);
    }),
    { numRuns: 300 },
  );
});
