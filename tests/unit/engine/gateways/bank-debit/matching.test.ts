/** Which answer belongs to which request: a resemblance is not enough. */
import { expect, test } from 'vitest';
import {
  exchangeKey,
  mismatchedField,
  readLateEcho,
  requestMti,
  standardAnswers,
} from '../../../../../engine/gateways/bank-debit/matching.ts';
import type { Message } from '../../../../../engine/gateways/bank-debit/wire/message-spec.ts';

const shared = {
  2: '6216261000000000018',
  3: '000000',
  4: '000000012345',
  11: '000002',
  41: '10000001',
  42: '898110148160001',
  60: '2200000100060',
};
const request: Message = { mti: '0200', fields: { ...shared, 52: '0000000000000000' } };
const answer = (change: Record<number, string> = {}): Message => ({
  mti: '0210',
  fields: { ...shared, 39: '00', ...change },
});

test('the answer that repeats the request matches', () => {
  expect(mismatchedField(request, answer())).toBeUndefined();
});

test.each([
  ['another amount', 4, '000000012346'],
  ['another card', 2, '6221558812340000'],
  ['another operation', 3, '200000'],
  // The trace number has come round: an answer to the same trace of the batch before.
  ['another batch', 60, '2200000000060'],
] as const)('%s does not', (_what, field, value) => {
  expect(mismatchedField(request, answer({ [field]: value }))).toBe(field);
});

test('an answer without an amount does not', () => {
  const { 4: _amount, ...fields } = answer().fields;
  expect(mismatchedField(request, { mti: '0210', fields })).toBe(4);
});

test('an answer that leaves out card and batch does', () => {
  const { 2: _pan, 60: _type, ...fields } = answer().fields;
  expect(mismatchedField(request, { mti: '0210', fields })).toBeUndefined();
});

test.each([11, 41, 42])('field %i tells requests apart', (field) => {
  const other = { ...answer(), fields: { ...answer().fields, [field]: 'X' } };
  expect(exchangeKey('0200', other)).not.toBe(exchangeKey('0200', request));
});

test.each([
  ['0210', '0200'],
  ['0230', '0220'],
  ['0410', '0400'],
  ['0810', '0800'],
  ['0800', undefined],
  ['0400', undefined],
] as const)('%s answers %s', (mti, expected) => {
  expect(requestMti(mti)).toBe(expected);
});

const masked = { ...standardAnswers, amount: 'masked' } as const;

test.each([undefined, '', '000000000000'])(
  'an amount of %j is masked where the acquirer masks',
  (value) => {
    const { 4: _amount, ...fields } = answer().fields;
    const hidden: Message = {
      mti: '0210',
      fields: value === undefined ? fields : { ...fields, 4: value },
    };
    expect(mismatchedField(request, hidden, masked)).toBeUndefined();
    expect(mismatchedField(request, hidden)).toBe(4);
  },
);

test('another amount is one, also where the acquirer masks', () => {
  expect(mismatchedField(request, answer({ 4: '000000012346' }), masked)).toBe(4);
});

test('a merchant number of the acquirer does not tell requests apart, where the setting says so', () => {
  const form = { ...standardAnswers, merchant: 'any' } as const;
  const other = answer({ 42: '898110148169999' });
  expect(exchangeKey('0200', other, form)).toBe(exchangeKey('0200', request, form));
  const otherTerminal = answer({ 41: '10000002' });
  expect(exchangeKey('0200', otherTerminal, form)).not.toBe(exchangeKey('0200', request, form));
});

test('a late answer whose amount is masked takes that of its request, or none', () => {
  const asked = { amount: '000000012345', batch: 1 };
  const hidden = answer({ 4: '000000000000' });
  expect(readLateEcho(hidden, asked, masked)).toEqual(asked);
  expect(readLateEcho(hidden, undefined, masked)).toEqual({ amount: undefined, batch: 1 });
  expect(readLateEcho(hidden, asked, standardAnswers)).toBeUndefined();
});
