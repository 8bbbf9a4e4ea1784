import { expect, test } from 'vitest';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, PLENTY, packOf, yuan } from '../bill-builder.ts';

const lines = [
  line('200.00'),
  line('50.00', { selfPayE4: 1000, itemClass: '02' }),
  line('36.00', { selfPayE4: 10_000 }),
  line('25.00', { code: undefined, name: '电子体温计' }),
];
const rest = (mayPay: readonly string[], accountAvailable = PLENTY) => {
  const split = splitBill(
    packOf({ deductible: '100.00', mayPay }),
    bill(lines, { accountAvailable }),
  );
  return { account: split.accountPay, patient: split.patientPay, steps: split.steps };
};

test('the account pays only what the pack lets it pay', () => {
  // In scope 245: deductible 100, coinsurance 58; prior self-pay 5; full own-pay 36; no code 25.
  expect(rest(['coinsurance'])).toMatchObject({ account: 5800n, patient: 16_600n });
  expect(rest(['deductible', 'coinsurance', 'prior-self-pay'])).toMatchObject({
    account: 16_300n,
    patient: 6100n,
  });
  expect(rest(['full-own-pay'])).toMatchObject({ account: 3600n });
  expect(rest(['no-code'])).toMatchObject({ account: 2500n });
  expect(rest([])).toMatchObject({ account: 0n, patient: 22_400n });
});

test('a short account pays in the order of the pack', () => {
  const { steps, account } = rest(['prior-self-pay', 'coinsurance', 'deductible'], yuan('20.00'));
  expect(account).toBe(2000n);
  expect(
    steps.filter((step) => step.stage === 'account').map((step) => [step.rule, step.amount]),
  ).toEqual([
    ['account/prior-self-pay', 500n],
    ['account/coinsurance', 1500n],
  ]);
});

test('an account that may not be used (zero) leaves no trace', () => {
  const { steps, account } = rest(['coinsurance'], yuan('0.00'));
  expect(account).toBe(0n);
  expect(steps.some((step) => step.stage === 'account')).toBe(false);
});

test('the patient sees for what each part is paid', () => {
  const { steps } = rest(['coinsurance']);
  expect(
    steps.filter((step) => step.stage === 'patient').map((step) => [step.zh, step.amount]),
  ).toEqual([
    ['个人支付起付线', 10_000n],
    ['个人支付先行自付', 500n],
    ['个人支付全自费', 3600n],
    ['个人支付无医保编码项目', 2500n],
  ]);
});
