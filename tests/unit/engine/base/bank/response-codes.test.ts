/** What an answer code says about the money. */
import { expect, test } from 'vitest';
import {
  classifyCode,
  endsReversal,
  isApprovalCode,
} from '../../../../../engine/base/bank/response-codes.ts';

const approvals = ['00', '11', '16', 'A2', 'A4', 'A5', 'A6'];

test.each(approvals)('%s is an approval', (code) => {
  expect(classifyCode(code)).toBe('approved');
  expect(isApprovalCode(code)).toBe(true);
});

test.each(['05', '14', '51', '54', '55', '61', '75', '77', '97', '99', 'A0'])(
  '%s is a decline',
  (code) => {
    expect(classifyCode(code)).toBe('declined');
    expect(isApprovalCode(code)).toBe(false);
  },
);

test.each(['10', '68', '90', '91', '92', '94', '96', '98', 'ZZ', ''])(
  '%s leaves it open',
  (code) => {
    expect(classifyCode(code)).toBe('unsure');
  },
);

test('a reversal ends on an approval, 12 and 25 alone', () => {
  const digits = Array.from({ length: 100 }, (_none, i) => String(i).padStart(2, '0'));
  const lettered = Array.from({ length: 10 }, (_none, i) => `A${i}`);
  const ends = [...digits, ...lettered, ''].filter(endsReversal);
  expect(ends).toEqual(['00', '11', '12', '16', '25', 'A2', 'A4', 'A5', 'A6']);
});
