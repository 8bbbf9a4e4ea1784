/** What an answer code says about the money. */
import { expect, test } from 'vitest';
import {
  classifyCode,
  endsReversal,
} from '../../../../../engine/gateways/bank-debit/response-codes.ts';

test.each(['00', '11', 'A2', 'A4', 'A5', 'A6'])('%s is an approval', (code) => {
  expect(classifyCode(code)).toBe('approved');
});

test.each(['05', '14', '51', '54', '55', '61', '75', '77', '97', '99', 'A0'])(
  '%s is a decline',
  (code) => {
    expect(classifyCode(code)).toBe('declined');
  },
);

test.each(['10', '68', '90', '91', '92', '94', '96', '98', 'ZZ', ''])(
  '%s leaves it open',
  (code) => {
    expect(classifyCode(code)).toBe('unsure');
  },
);

test('a reversal ends on 00, 12 and 25 alone', () => {
  const codes = Array.from({ length: 100 }, (_none, i) => String(i).padStart(2, '0')).concat(
    'A0',
    '',
  );
  expect(codes.filter(endsReversal)).toEqual(['00', '12', '25']);
});
