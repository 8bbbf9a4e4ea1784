/** Any message survives the wire, in any segments; no bytes from outside make the reader throw. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../../../../../../engine/gateways/bank-debit/wire/codec.ts';
import {
  createFrameReader,
  FRAME_BYTES_MAX,
  writeFrame,
} from '../../../../../../engine/gateways/bank-debit/wire/framer.ts';
import type {
  FieldSpec,
  Message,
  Mti,
} from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';
import {
  fieldSpecs,
  messageTypes,
} from '../../../../../../engine/gateways/bank-debit/wire/message-spec.ts';

const characters = (codes: readonly [number, number]) =>
  fc.integer({ min: codes[0], max: codes[1] }).map((code) => String.fromCharCode(code));
const units: Readonly<Record<FieldSpec['kind'], fc.Arbitrary<string>>> = {
  n: fc.constantFrom(...'0123456789'),
  z: fc.constantFrom(...'0123456789D'),
  an: characters([0x20, 0x7e]),
  ans: characters([0, 0xff]),
  b: fc
    .integer({ min: 0, max: 255 })
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')),
};

function anyValue(spec: FieldSpec): fc.Arbitrary<string> {
  const maxLength = Math.min(spec.length, 130);
  const minLength = spec.lengthDigits === 0 ? maxLength : spec.least;
  return fc.string({ unit: units[spec.kind], minLength, maxLength, size: 'max' });
}

const mtis = Object.keys(messageTypes) as Mti[];
const message: fc.Arbitrary<Message> = fc
  .tuple(fc.constantFrom(...mtis), fc.subarray([...fieldSpecs]))
  .chain(([mti, specs]) =>
    fc
      .tuple(
        ...specs.map(([number, spec]) => anyValue(spec).map((value) => [number, value] as const)),
      )
      .map((entries) => ({ mti, fields: Object.fromEntries(entries) })),
  );

test('what is encoded decodes to the same message', () => {
  fc.assert(
    fc.property(message, (original) => {
      const bytes = encode(original);
      if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
      expect(decode(bytes.value)).toEqual({ ok: true, value: original });
    }),
    { numRuns: 300 },
  );
});

test('bytes from outside are a message or an error; what was read of a message is read again', () => {
  const soup = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // A right start gets further into the fields than pure chance would.
    fc
      .tuple(fc.constantFrom(...mtis), fc.uint8Array({ minLength: 8, maxLength: 300 }))
      .map(([mti, rest]) => Buffer.concat([Buffer.from(mti, 'hex'), rest])),
  );
  fc.assert(
    fc.property(soup, (bytes) => {
      const decoded = decode(bytes);
      if (!decoded.ok) return;
      // Fields that nobody uses and fillers are left out.
      const again = encode(decoded.value);
      expect(again.ok && decode(again.value)).toEqual(decoded);
    }),
    { numRuns: 3000 },
  );
});

test('one changed byte of a good message never throws', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (original, at, change) => {
      const bytes = encode(original);
      if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
      const damaged = Buffer.from(bytes.value);
      const index = at % damaged.length;
      damaged[index] = (damaged[index] ?? 0) ^ change;
      expect(() => decode(damaged)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

test('frames come out of a stream whole and in order, however it is cut', () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 10, maxLength: 80 }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(
      bodies,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (sent, cuts) => {
        const frame = (body: Uint8Array) =>
          writeFrame({ tpdu: '6000030000', header: '603100310100', body });
        const stream = Buffer.concat(sent.map(frame));
        const read = createFrameReader();
        const received: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          const { frames, error } = read(stream.subarray(at, at + size));
          expect(error).toBeUndefined();
          received.push(...frames.map(({ body }) => Buffer.from(body)));
          at += size;
        }
        expect(received).toEqual(sent.map((body) => Buffer.from(body)));
      },
    ),
  );
});

test.each([1, 20, FRAME_BYTES_MAX + 1, 65_535])(
  'a frame length of %i ends the connection',
  (length) => {
    const prefix = Buffer.alloc(2);
    prefix.writeUInt16BE(length);
    expect(createFrameReader()(prefix).error).toBeDefined();
  },
);
