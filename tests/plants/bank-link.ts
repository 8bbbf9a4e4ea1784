/** The line to the bank: bytes, MACs, and which answer belongs to which request. */
import assert from 'node:assert/strict';
import {
  approvalCodes,
  classifyCode,
  endsReversal,
} from '../../engine/base/bank/response-codes.ts';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { mismatchedField } from '../../engine/gateways/bank-debit/matching.ts';
import { decode, encode } from '../../engine/gateways/bank-debit/wire/codec.ts';
import {
  createFrameReader,
  FRAME_BYTES_MAX,
  writeFrame,
} from '../../engine/gateways/bank-debit/wire/framer.ts';
import { encodeWithMac, hasGoodMac } from '../../engine/gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../engine/gateways/bank-debit/wire/message-spec.ts';
import { type Check, caughtBy } from './plant.ts';

const key = { algorithm: '3des', key: fromHex('1122334455667788AABBCCDDEEFF0011') } as const;
const otherKey = { ...key, key: fromHex('0123456789ABCDEFFEDCBA9876543210') };

/** An approval of 10.00 yuan. */
const approval: Message = {
  mti: '0210',
  fields: {
    ...{ 3: '000000', 4: '000000001000', 11: '000123', 12: '090102', 13: '1122', 25: '00' },
    ...{ 37: '112209050012', 39: '00', 41: '10000001', 42: '898110148160001', 49: '156' },
    60: '22000001',
  },
};

function withField(field: number, value: string): Message {
  return { ...approval, fields: { ...approval.fields, [field]: value } };
}

function bytesOf(encoded: ReturnType<typeof encode>): Uint8Array {
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.error));
  return encoded.value;
}

const macs: Check<typeof hasGoodMac> = {
  name: 'MAC of an answer',
  honest: () => hasGoodMac,
  keeps(isGood) {
    const signed = bytesOf(encodeWithMac(approval, key));
    assert.ok(isGood(signed, key), 'an honest answer is refused');
    const decline = bytesOf(encodeWithMac(withField(39, '51'), key));
    const forged = Buffer.concat([signed.subarray(0, -8), decline.subarray(-8)]);
    assert.ok(!isGood(forged, key), 'a decline that was turned into an approval is believed');
    assert.ok(!isGood(bytesOf(encode(approval)), key), 'an answer without a MAC is believed');
    const foreign = bytesOf(encodeWithMac(approval, otherKey));
    assert.ok(!isGood(foreign, key), 'an answer under another key is believed');
  },
};

const codec: Check<typeof decode> = {
  name: 'bytes of a message',
  honest: () => decode,
  keeps(read) {
    const bytes = bytesOf(encode(approval));
    assert.deepEqual(
      read(bytes),
      { ok: true, value: approval },
      'a message is read as another one',
    );
    const longer = Buffer.concat([bytes, Buffer.of(0)]);
    assert.ok(!read(longer).ok, 'bytes after a message are passed over');
    assert.ok(!read(bytes.subarray(0, -1)).ok, 'a message that was cut short is read');
    const later = Buffer.from(bytes);
    later[2] = (later[2] ?? 0) | 0x80;
    assert.ok(!read(later).ok, 'a message with fields that nobody knows is read');
  },
};

const frames: Check<typeof createFrameReader> = {
  name: 'frames of the line',
  honest: () => createFrameReader,
  keeps(create) {
    const body = bytesOf(encode(approval));
    const frame = writeFrame({ tpdu: '6000030000', header: '603100310100', body });
    const whole = create()(Buffer.concat([frame, frame])).frames.length;
    assert.equal(whole, 2, 'the second of two frames that come together is lost');
    const read = create();
    const parts = [...frame].map((byte) => read(Buffer.of(byte)).frames.length);
    assert.equal(parts.at(-1), 1, 'a frame that comes in pieces is lost');
    const huge = Buffer.alloc(2);
    huge.writeUInt16BE(FRAME_BYTES_MAX + 1);
    assert.equal(create()(huge).error, 'frame too long', 'a frame without end is waited for');
  },
};

const request: Message = { mti: '0200', fields: { ...approval.fields, 60: '2200000100060' } };

const matches: Check<typeof mismatchedField> = {
  name: 'which answer belongs to which request',
  honest: () => mismatchedField,
  keeps(mismatch) {
    assert.equal(mismatch(request, approval), undefined, 'the answer to a request is refused');
    const amount = mismatch(request, withField(4, '000000001001'));
    assert.equal(amount, 4, 'an answer of another amount is believed');
    const batch = mismatch(request, withField(60, '2200000000060'));
    assert.equal(batch, 60, 'an answer of another batch is believed');
    const kind = mismatch(request, withField(3, '200000'));
    assert.equal(kind, 3, 'an answer to another operation is believed');
  },
};

type Codes = { readonly verdict: typeof classifyCode; readonly ends: typeof endsReversal };

const codes: Check<Codes> = {
  name: 'answer codes of the bank',
  honest: () => ({ verdict: classifyCode, ends: endsReversal }),
  keeps({ verdict, ends }) {
    for (const code of approvalCodes)
      assert.equal(verdict(code), 'approved', 'an approval is not one');
    assert.equal(verdict('51'), 'declined', 'a decline is not one');
    for (const code of ['68', '91', '96', '98', 'ZZ', ''])
      assert.equal(verdict(code), 'unsure', 'a host that is not sure is taken for a decline');
    assert.equal(verdict('10'), 'unsure', 'an approval of a part is taken for a decision');
    const all = Array.from({ length: 100 }, (_, code) => String(code).padStart(2, '0'));
    const ending = all.filter(ends);
    assert.deepEqual(ending, ['00', '11', '12', '16', '25'], 'a reversal ends on another answer');
  },
};

export const bankLinkPlants = [
  ...caughtBy(
    macs,
    {
      name: 'mac-not-checked',
      bug: 'The MAC of an answer is read and not compared: a switch can turn declines into approvals.',
      breaks: 'An answer with a wrong MAC is no answer, and the sale is reversed.',
      plant: () => (body) => ((body[9] ?? 0) & 1) === 1,
      says: 'a decline that was turned into an approval is believed',
    },
    {
      name: 'mac-may-be-left-out',
      bug: 'An answer that has no MAC is taken as it is.',
      breaks: 'An answer without a MAC is no answer.',
      plant: (isGood) => (body, by) => ((body[9] ?? 0) & 1) === 0 || isGood(body, by),
      says: 'an answer without a MAC is believed',
    },
    {
      name: 'mac-of-any-terminal',
      bug: 'The MAC is tried under the keys of all terminals.',
      breaks: 'An answer is signed with the key of its terminal.',
      plant: (isGood) => (body, by) => isGood(body, by) || isGood(body, otherKey),
      says: 'an answer under another key is believed',
    },
  ),
  ...caughtBy(
    codec,
    {
      name: 'bytes-left-over-ignored',
      bug: 'What follows the last field of a message is passed over.',
      breaks: 'What decodes, encodes to the same bytes.',
      plant: (read) => (bytes) => {
        for (let end = bytes.length; end > 0; end--) {
          const found = read(bytes.subarray(0, end));
          if (found.ok || found.error.reason !== 'bytes left over') return found;
        }
        return read(bytes);
      },
      says: 'bytes after a message are passed over',
    },
    {
      name: 'short-message-filled-up',
      bug: 'A message that was cut short is filled up with zeros.',
      breaks: 'A message that is not whole is no message.',
      plant: (read) => (bytes) => {
        const found = read(bytes);
        const isShort = !found.ok && found.error.reason === 'too short';
        return isShort ? read(Buffer.concat([bytes, Buffer.of(0)])) : found;
      },
      says: 'a message that was cut short is read',
    },
  ),
  ...caughtBy(
    frames,
    {
      name: 'one-frame-a-packet',
      bug: 'Each packet of the line is taken for one frame.',
      breaks: 'A frame is where its length says, however it comes.',
      plant: (create) => () => (chunk) => {
        const { frames: found, error } = create()(chunk);
        return { frames: found.slice(0, 1), error };
      },
      says: 'the second of two frames that come together is lost',
    },
    {
      name: 'pieces-not-put-together',
      bug: 'A frame that comes in two packets is dropped.',
      breaks: 'A frame is where its length says, however it comes.',
      plant: (create) => () => (chunk) => create()(chunk),
      says: 'a frame that comes in pieces is lost',
    },
  ),
  ...caughtBy(
    matches,
    {
      name: 'answer-of-another-amount',
      bug: 'An approval of another amount is taken for the answer.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      plant: (mismatch) => (asked, answer) => {
        const fields = { ...answer.fields, 4: asked.fields[4] ?? '' };
        return mismatch(asked, { ...answer, fields });
      },
      says: 'an answer of another amount is believed',
    },
    {
      name: 'answer-of-another-batch',
      bug: 'The trace number has come round, and the answer of the batch before is taken.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      plant: (mismatch) => (asked, answer) => {
        const field = mismatch(asked, answer);
        return field === 60 ? undefined : field;
      },
      says: 'an answer of another batch is believed',
    },
  ),
  ...caughtBy(
    codes,
    {
      name: 'unlisted-code-is-a-decline',
      bug: 'Every code but the approvals is taken for a decline.',
      breaks: 'Unknown is never turned into declined.',
      plant: ({ verdict, ends }) => ({
        verdict: (code) => (verdict(code) === 'approved' ? 'approved' : 'declined'),
        ends,
      }),
      says: 'a host that is not sure is taken for a decline',
    },
    {
      name: 'only-00-is-an-approval',
      bug: 'An approval with a notice (A2) or of a VIP (11) is taken for no approval.',
      breaks: 'An approval is one truth for the engine, the terminal and the chip.',
      plant: ({ verdict, ends }) => ({
        verdict: (code) =>
          verdict(code) === 'approved' && code !== '00' ? 'unsure' : verdict(code),
        ends,
      }),
      says: 'an approval is not one',
    },
    {
      name: 'part-taken-for-the-whole',
      bug: 'Code 10, an approval of a part of the amount, is taken for an approval.',
      breaks: 'The bank’s part is the whole of it, or nothing.',
      plant: ({ verdict, ends }) => ({
        verdict: (code) => (code === '10' ? 'approved' : verdict(code)),
        ends,
      }),
      says: 'an approval of a part is taken for a decision',
    },
    {
      name: 'reversal-ends-on-96',
      bug: 'A host that answers a reversal with "system error" is taken to have done it.',
      breaks: 'A reversal ends with an approval, 12 or 25 alone.',
      plant: ({ verdict, ends }) => ({ verdict, ends: (code) => code === '96' || ends(code) }),
      says: 'a reversal ends on another answer',
    },
  ),
];
