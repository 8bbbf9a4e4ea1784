// Goal: answers as hosts write them, byte for byte, say what they say without the fields that nobody uses.
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { readOutcome } from '../../../../../../engine/gateways/bank-debit/replies.ts';
import { decode } from '../../../../../../engine/gateways/bank-debit/wire/codec.ts';

/** An approval of 10.00 yuan, cut where fields are put in. */
const parts = {
  mti: '0210',
  /** Fields 3, 4. */
  amount: '000000' + '000000001000',
  /** 11, 12, 13. */
  trace: '000715' + '314530' + '1130',
  /** 37, 38, 39, 41, 42. */
  decided:
    '313133303030303030303031' +
    '313233343536' +
    '3030' +
    '3130303030303031' +
    '383938313130313438313630303031',
  /** 49. */
  currency: '313536',
};

function readBytes(hex: string) {
  const message = decode(Buffer.from(hex, 'hex'));
  if (!message.ok) throw new Error(JSON.stringify(message.error));
  return message.value;
}

const { mti, amount, trace, decided, currency } = parts;
const plain = `${mti}303800000EC08000${amount}${trace}${decided}${currency}`;
const approved = readOutcome({ kind: 'reply', message: readBytes(plain) });

test('the approval without them', () => {
  expect(approved).toMatchObject({
    kind: 'approved',
    reply: { responseCode: '00', rrn: '113000000001', hostTime: '314530', hostDate: '1130' },
  });
});

/** Name and place of the merchant: four characters in GBK, then blanks. */
const merchantName = `B2E2CAD4D2A9B5EA${'20'.repeat(32)}`;

test.each([
  [
    '43, merchant name',
    `${mti}303800000EE08000${amount}${trace}${decided}${merchantName}${currency}`,
  ],
  [
    '5, settlement amount',
    `${mti}383800000EC08000${amount}000000001000${trace}${decided}${currency}`,
  ],
  ['6, billing amount', `${mti}343800000EC08000${amount}000000001000${trace}${decided}${currency}`],
  [
    '7, transmission time',
    `${mti}323800000EC08000${amount}1130090102${trace}${decided}${currency}`,
  ],
  ['9, conversion rate', `${mti}30B800000EC08000${amount}61000000${trace}${decided}${currency}`],
  ['10, conversion rate', `${mti}307800000EC08000${amount}61000000${trace}${decided}${currency}`],
  ['24, network', `${mti}303801000EC08000${amount}${trace}0009${decided}${currency}`],
  ['28, fee, packed', `${mti}303800100EC08000${amount}${trace}4400000000${decided}${currency}`],
  [
    '28, fee, in characters',
    `${mti}303800100EC08000${amount}${trace}443030303030303030${decided}${currency}`,
  ],
  [
    '33, forwarding institution',
    `${mti}303800008EC08000${amount}${trace}0848021000${decided}${currency}`,
  ],
  ['47, national data', `${mti}303800000EC28000${amount}${trace}${decided}0003414243${currency}`],
  [
    '50 and 51, currencies',
    `${mti}303800000EC0E000${amount}${trace}${decided}${currency}${currency}${currency}`,
  ],
  [
    '54, two balances',
    `${mti}303800000EC08400${amount}${trace}${decided}${currency}0040${'30'.repeat(40)}`,
  ],
  [
    '60 of 19 digits',
    `${mti}303800000EC08010${amount}${trace}${decided}${currency}001922000001000600000000`,
  ],
  [
    '90 and 100, after a second bitmap',
    `${mti}B03800000EC080000000004010000000${amount}${trace}${decided}${currency}${'0200000714'.padEnd(42, '0')}0848021000`,
  ],
])('with field %s', (_name, bytes) => {
  expect(readOutcome({ kind: 'reply', message: readBytes(bytes) })).toEqual(approved);
});

describe('half-bytes', () => {
  const withCard = (card: string) =>
    `${mti}703800000EC08000${card}${amount}${trace}${decided}${currency}`;

  test.each(['196216261000000000018F', '1962162610000000000180'])('%s is the same card', (card) => {
    expect(readBytes(withCard(card)).fields[2]).toBe('6216261000000000018');
  });

  test('a card number or an amount that is masked counts as absent', () => {
    expect(readBytes(withCard('19621626EEEEEEEEE0018F')).fields).not.toHaveProperty('2');
    const masked = plain.replace(amount, '000000FFFFFFFFFFFF');
    expect(readBytes(masked).fields).not.toHaveProperty('4');
  });

  test('any other field of digits with half-bytes that are none is not read', () => {
    const bytes = Buffer.from(plain.replace(trace, '00071A3145301130'), 'hex');
    expect(decode(bytes)).toEqual({
      ok: false,
      error: { field: 11, reason: 'character not allowed' },
    });
  });
});
