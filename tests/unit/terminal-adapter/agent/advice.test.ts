// Goal: no advice of the kit tells a cashier to begin again while money may have moved.
import { expect, test } from 'vitest';
import { type AdviceCode, adviceOf } from '../../../../terminal-adapter/agent/advice.ts';

const open: readonly AdviceCode[] = [
  'OUTCOME_UNKNOWN',
  'REFUND_OUTCOME_UNKNOWN',
  'KEY_ALREADY_APPROVED',
  'CHIP_REFUSED_BANK_ANSWER',
];

test.each(open)('%s: forbids, and sends to an enquiry', (code) => {
  const { cashier } = adviceOf(code);
  expect(cashier.zh).toMatch(/请勿重复.*查询/);
  expect(cashier.en).toMatch(/do not collect again|neither refund again/i);
  expect(cashier.en).toMatch(/enquire|look/);
  expect(cashier.zh).not.toMatch(/未收款|再试/);
});
