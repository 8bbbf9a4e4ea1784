/**
 * Raw UnionPay POS messages, byte for byte: what we read from them, that we write the same bytes
 * back, and how each broken message is refused.
 */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../../../../engine/gateways/bank-debit/wire/codec.ts';
import { describe as describeMessage } from '../../../../../../engine/gateways/bank-debit/wire/describe.ts';
import {
  createFrameReader,
  writeFrame,
} from '../../../../../../engine/gateways/bank-debit/wire/framer.ts';
import {
  encodeWithMac,
  hasGoodMac,
} from '../../../../../../engine/gateways/bank-debit/wire/mac.ts';
import { missingField } from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';
import vectors from './unionpay-messages.json' with { type: 'json' };

type Vector = {
  readonly id: string;
  readonly kind: string;
  readonly inputs: {
    readonly raw: string;
    readonly noHeader?: boolean;
    readonly noLength?: boolean;
    readonly mak?: string;
    readonly macAlg?: string;
  };
  readonly expected: {
    readonly tpdu?: string;
    readonly head?: string;
    readonly mti?: string;
    readonly bitmap?: string;
    readonly fields?: Readonly<Record<string, string>>;
  };
};

const all: readonly Vector[] = vectors;
const messages = all.filter((vector) => vector.kind === 'iso8583');
const rawOf = (id: string) => Buffer.from(all.find((v) => v.id === id)?.inputs.raw ?? '', 'hex');

/** The message bytes and, where the sample has one, the envelope. */
function bodyOf({ inputs }: Vector) {
  const raw = Buffer.from(inputs.raw, 'hex');
  if (inputs.noHeader === true) return { body: raw, frame: undefined };
  const length = Buffer.alloc(2);
  length.writeUInt16BE(raw.length);
  const { frames, error } = createFrameReader()(
    inputs.noLength === true ? Buffer.concat([length, raw]) : raw,
  );
  expect(error).toBeUndefined();
  expect(frames).toHaveLength(1);
  const frame = frames[0];
  if (frame === undefined) throw new Error('no frame');
  return { body: frame.body, frame };
}

describe('sample messages', () => {
  test.each(messages.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { body, frame } = bodyOf(vector);
    const decoded = decode(body);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    expect(decoded.value.mti).toBe(vector.expected.mti);
    expect(decoded.value.fields).toEqual(vector.expected.fields);
    expect(missingField(decoded.value)).toBeUndefined();

    const encoded = encode(decoded.value);
    if (!encoded.ok) throw new Error(JSON.stringify(encoded.error));
    expect(Buffer.from(encoded.value).toString('hex')).toBe(Buffer.from(body).toString('hex'));
    expect(encoded.value.subarray(2, 10)).toEqual(Buffer.from(vector.expected.bitmap ?? '', 'hex'));
    if (frame !== undefined) {
      expect({ tpdu: frame.tpdu, head: frame.header }).toEqual({
        tpdu: vector.expected.tpdu,
        head: vector.expected.head,
      });
      const whole = Buffer.from(writeFrame({ ...frame, body: encoded.value }))
        .toString('hex')
        .toUpperCase();
      expect(whole.slice(vector.inputs.noLength === true ? 4 : 0)).toBe(vector.inputs.raw);
    }
  });
});

describe('MAC in field 64', () => {
  const signed = messages.filter((vector) => vector.inputs.mak !== undefined);

  test.each(signed.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { body } = bodyOf(vector);
    const macKey = {
      algorithm: vector.inputs.macAlg === 'UnionPay ECB SM4' ? ('sm4' as const) : ('3des' as const),
      key: Buffer.from(vector.inputs.mak ?? '', 'hex'),
    };
    expect(hasGoodMac(body, macKey)).toBe(true);
    const decoded = decode(body);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    const { 64: _mac, ...fields } = decoded.value.fields;
    const encoded = encodeWithMac({ mti: decoded.value.mti, fields }, macKey);
    expect(encoded.ok && Buffer.from(encoded.value)).toEqual(Buffer.from(body));
  });

  test('a flipped last character is a bad MAC', () => {
    const vector = all.find(({ kind }) => kind === 'iso8583-mac');
    if (vector === undefined) throw new Error('sample is missing');
    const key = Buffer.from(vector.inputs.mak ?? '', 'hex');
    const { body } = bodyOf(vector);
    expect(decode(body).ok).toBe(true);
    expect(hasGoodMac(body, { algorithm: '3des', key })).toBe(false);
  });

  test('a message without field 64 has no good MAC', () => {
    const vector = all.find(({ id }) => id === 'up-0500-settle');
    if (vector === undefined) throw new Error('sample is missing');
    const key = Buffer.alloc(16, 1);
    expect(hasGoodMac(bodyOf(vector).body, { algorithm: '3des', key })).toBe(false);
  });
});

describe('broken messages', () => {
  test.each([
    ['bad-lltoobig', { field: 2, reason: 'length not allowed' }],
    // Bit 1 promises a second bitmap that is not there.
    ['bad-bit1', { field: 2, reason: 'length not allowed' }],
    ['bad-mtihex', { field: 0, reason: 'unknown message type' }],
    // Bit 59 is set but field 59 is not there: its place is read from field 60, and the rest does not add up.
    ['bad-truncfield', { field: 60, reason: 'length not allowed' }],
  ])('%s is refused', (id, error) => {
    const { frames } = createFrameReader()(rawOf(id));
    expect(decode(frames[0]?.body ?? new Uint8Array())).toEqual({ ok: false, error });
  });

  test('a frame that is one byte short waits for that byte', () => {
    const read = createFrameReader();
    const raw = rawOf('bad-short');
    expect(read(raw)).toEqual({ frames: [], error: undefined });
    const { frames } = read(Uint8Array.of(0x46));
    expect(frames.map(({ body }) => decode(body).ok)).toEqual([true]);
  });

  test('a byte after a frame is the start of the next one', () => {
    const { frames, error } = createFrameReader()(rawOf('bad-long'));
    expect({ count: frames.length, error }).toEqual({ count: 1, error: undefined });
  });

  test('a length that is too great swallows the next frame, which then does not decode', () => {
    const read = createFrameReader();
    expect(read(rawOf('bad-len')).frames).toEqual([]);
    const { frames } = read(rawOf('up-0200-sale-chip'));
    expect(frames.map(({ body }) => decode(body))).toEqual([
      { ok: false, error: { field: 64, reason: 'bytes left over' } },
    ]);
  });

  test('an empty frame ends the connection', () => {
    const read = createFrameReader();
    expect(read(rawOf('bad-empty'))).toEqual({ frames: [], error: 'empty frame' });
    expect(read(rawOf('up-0200-sale-chip'))).toEqual({ frames: [], error: 'empty frame' });
  });

  test('two frames in one read are two messages', () => {
    const { frames, error } = createFrameReader()(rawOf('bad-two-frames'));
    expect(error).toBeUndefined();
    expect(frames.map(({ body }) => decode(body).ok)).toEqual([true, true]);
  });
});

test('a printed message shows no card number, track, PIN block or chip data', () => {
  const vector = all.find(({ id }) => id === 'up-0200-sale-chip');
  if (vector === undefined) throw new Error('sample is missing');
  const decoded = decode(bodyOf(vector).body);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  expect(describeMessage(decoded.value)).toBe(
    [
      '0200 sale or void',
      '2 card number 621626*********0018',
      '3 processing code 000000',
      '4 amount, fen 000000012345',
      '11 trace number 000002',
      '14 expiry [4]',
      '22 entry mode 051',
      '23 card sequence number 001',
      '25 condition code 00',
      '26 PIN capture code 12',
      '35 track 2 [37]',
      '41 terminal 10000001',
      '42 merchant 898110148160001',
      '49 currency 156',
      '52 PIN block [16]',
      '53 security control 2600000000000000',
      '55 chip data [290]',
      '60 message type and batch 2200000100060',
      '64 MAC 3131383436383546',
    ].join(' | '),
  );
});
