/** The messages that we build are the sample messages, byte for byte, MAC included. */
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import {
  createCardReference,
  refundMessage,
  reversalMessage,
  saleMessage,
  voidMessage,
} from '../../../../../engine/gateways/bank-debit/requests.ts';
import { writeFrame } from '../../../../../engine/gateways/bank-debit/wire/framer.ts';
import { encodeWithMac } from '../../../../../engine/gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../../../../engine/gateways/bank-debit/wire/message-spec.ts';
import type { BankDebit } from '../../../../../engine/ports/bank.ts';
import vectors from './wire/unionpay-messages.json' with { type: 'json' };

const MAK = '2332455467768998ABBACDDCEFFE0110';
const sample = (id: string) => {
  const vector = vectors.find((each) => each.id === id);
  if (vector === undefined) throw new Error(`no sample ${id}`);
  const fields: Readonly<Record<string, string | undefined>> = vector.expected.fields ?? {};
  return { raw: vector.inputs.raw, fields };
};

function framed(message: Message): string {
  const body = encodeWithMac(message, { algorithm: '3des', key: Buffer.from(MAK, 'hex') });
  if (!body.ok) throw new Error(JSON.stringify(body.error));
  const frame = writeFrame({ tpdu: '6000030000', header: '603100310100', body: body.value });
  return Buffer.from(frame).toString('hex').toUpperCase();
}

const chip = sample('up-0200-sale-chip').fields;
const sale: BankDebit = {
  terminalId: '10000001',
  merchantId: '898110148160001',
  stan: 2,
  batch: 1,
  amount: fen(12_345n),
  pan: '6216261000000000018',
  panSequence: '01',
  expiry: '3012',
  entryMode: '051',
  track2: '6216261000000000018D30122200000000000',
  pinBlock: '64292FA741F17C80',
  chipData: chip['55'] ?? '',
};
const reference = createCardReference(sale);
if (!reference.ok) throw new Error('the sample sale is malformed');
const card = reference.value;

test('sale', () => {
  expect(framed(saleMessage(sale))).toBe(sample('up-0200-sale-chip').raw);
});

test.each([
  ['96', undefined],
  ['A0', undefined],
  ['06', '123456'],
] as const)('reversal of that sale with reason %s', (reason, authCode) => {
  const reversal = { ...sale, kind: 'sale', card, original: undefined, reason, authCode } as const;
  expect(framed(reversalMessage(reversal))).toBe(sample(`up-0400-sale-${reason}`).raw);
});

test('a PIN block without the card number is told to the host, in the sale and in its reversal', () => {
  const unbound = { ...sale, pinWithoutPan: true };
  expect(saleMessage(unbound).fields[53]).toBe('1600000000000000');
  const kept = createCardReference(unbound);
  if (!kept.ok) throw new Error('the sample sale is malformed');
  const reversal = { ...unbound, kind: 'sale', card: kept.value, original: undefined } as const;
  const message = reversalMessage({ ...reversal, reason: '98', authCode: undefined });
  expect(message.fields[53]).toBe('1600000000000000');
});

test('what is kept of the sale holds no PIN block, track or cryptogram', () => {
  const kept = JSON.stringify(card);
  for (const secret of [sale.pinBlock, sale.track2 ?? '-', '9F26', '7C9A30923DA53A4D']) {
    expect(kept).not.toContain(secret);
  }
});

test('void: the sample without its track and PIN, which are not kept', () => {
  const message = voidMessage({
    ...sale,
    stan: 6,
    card,
    original: { batch: 1, stan: 2 },
    originalRrn: '112200000002',
    originalAuthCode: '123456',
  });
  const { 26: _capture, 35: _track, 52: _pin, 64: _mac, ...fields } = sample('up-0200-void').fields;
  expect(message.fields).toEqual({ ...fields, 53: '0600000000000000' });
});

test('refund: the sample without its track, for a chip card', () => {
  const message = refundMessage({
    ...sale,
    stan: 7,
    amount: fen(10_000n),
    card,
    originalRrn: '112200000003',
    originalDate: '1122',
  });
  const { 35: _track, 64: _mac, ...fields } = sample('up-0220-refund').fields;
  expect(message.fields).toEqual({
    ...fields,
    2: sale.pan,
    22: '051',
    23: '001',
    53: '0600000000000000',
    60: '2500000100060',
  });
});
