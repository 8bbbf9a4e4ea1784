/** Goal: the words of an enquiry never call money unmoved that has moved, or may have. */
import { expect, test } from 'vitest';
import { lineOf } from '../../../../../engine/cli/commands/enquire.ts';

type Item = Parameters<typeof lineOf>[0];

function line(item: Partial<Record<keyof Item, unknown>>): string {
  const whole = { state: 'final', status: 409, settlementId: null, answer: null, ...item };
  return lineOf(whole as Item, 'beijingHospital');
}

test('a refusal after which the bank kept the money is not told as nothing charged', () => {
  const kept = { code: 'BANK_DIFFERENCE_IN_SUSPENSE', moneyEffect: 'moved' };
  expect(line({ answer: kept })).toContain('money may have moved');
  expect(line({ answer: { code: 'PIN_WRONG', moneyEffect: 'none' } })).toContain('nothing was');
});

test('an answer that is 202 is open', () => {
  expect(line({ status: 202 })).toContain('not known yet');
});
