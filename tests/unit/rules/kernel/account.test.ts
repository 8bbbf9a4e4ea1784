import { describe, expect, test } from 'vitest';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { AccountFile, Bucket } from '../../../../rules/model/pack-file-payers.ts';
import {
  type BillChange,
  bill,
  compiled,
  line,
  PLENTY,
  packJson,
  packOf,
  yuan,
} from '../bill-builder.ts';

const words = { source: 'rule', zh: '个人账户', en: 'personal account' };
const lines = [
  line('200.00'),
  line('50.00', { selfPayE4: 1000, itemClass: '02' }),
  line('36.00', { selfPayE4: 10_000 }),
  line('25.00', { code: undefined, name: '电子体温计' }),
];
const rest = (mayPay: Bucket[], accountAvailable = PLENTY) => {
  const pack = packOf({ deductible: '100.00', mayPay });
  const split = explainBill(pack, bill(lines, { accountAvailable }));
  return { account: split.accountPay, patient: split.patientPay, steps: split.steps };
};

function withAccount(account: Partial<AccountFile>) {
  const json = packJson({ deductible: '100.00' });
  return compiled({ ...json, account: { ...json.account, ...account } });
}

const settle = (account: Partial<AccountFile>, change: BillChange) =>
  explainBill(withAccount(account), bill([line('300.00')], change));

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

describe('account first (Shanghai)', () => {
  const first: AccountFile['first'] = { id: 'first', ...words, uses: 'current-year' };

  test('this year’s credit pays before the deductible; what is older pays after the fund', () => {
    const split = settle(
      { first },
      { accountAvailable: yuan('500.00'), accountCurrentYear: yuan('120.00') },
    );
    // 120 first; of 180: deductible 100, fund 60 % of 80 = 48; the account also pays the rest.
    expect([split.deductible, split.fundTotal, split.accountPay]).toEqual([
      10_000n,
      4800n,
      25_200n,
    ]);
  });

  test('without credit of this year nothing comes first', () => {
    const split = settle({ first }, { accountAvailable: yuan('500.00') });
    expect([split.fundTotal, split.steps.some((step) => step.stage === 'account-first')]).toEqual([
      12_000n,
      false,
    ]);
  });

  test('a simulated "account first" uses all of it', () => {
    const all: AccountFile['first'] = { id: 'first', ...words, uses: 'all' };
    expect(settle({ first: all }, { accountAvailable: PLENTY }).fundTotal).toBe(0n);
  });
});

describe('limits', () => {
  const limits: AccountFile['limits'] = [
    {
      id: 'a-rated',
      when: { placeMarks: ['a-rated'] },
      ...words,
      amount: '300.00',
      counter: 'acct/day',
    },
    { id: 'others', ...words, amount: '200.00', counter: 'acct/day' },
  ];

  test('a limit of the day counts the day’s other bills', () => {
    const change = { accountAvailable: PLENTY, before: { 'acct/2026-11-22': '150.00' } };
    const split = settle({ limits }, change);
    expect([split.accountPay, split.accumulatorChanges.get('acct/2026-11-22')]).toEqual([
      5000n,
      5000n,
    ]);
    const told = split.steps.find((step) => step.stage === 'account-limit');
    expect([told?.rule, told?.amount]).toEqual(['others', 5000n]);
  });

  test('another day is free again', () => {
    const change = { accountAvailable: PLENTY, before: { 'acct/2026-11-21': '200.00' } };
    expect(settle({ limits }, change).accountPay).toBe(18_000n);
  });
});

test('relatives’ accounts pay what is left, within what they may', () => {
  const family: AccountFile['family'] = [{ id: 'family', ...words, mayPay: ['coinsurance'] }];
  const split = settle(
    { family },
    { accountAvailable: yuan('110.00'), familyAvailable: yuan('500.00') },
  );
  // Deductible 100 and 10 of 80 coinsurance by the own account, 70 by the family.
  expect([split.accountPay, split.familyPay, split.patientPay]).toEqual([11_000n, 7000n, 0n]);
});

test('a limit counts only what it limits: the pharmacy’s day is not used up at the hospital', () => {
  const pharmacy = {
    id: 'pharmacy-day',
    ...words,
    when: { placeKind: 'pharmacy' as const },
    amount: '300.00',
    counter: 'pharmacy-day/day',
  };
  const hospital = settle({ limits: [pharmacy] }, { accountAvailable: PLENTY });
  expect(hospital.accountPay > 0n).toBe(true);
  expect(hospital.accumulatorChanges.has('pharmacy-day/2026-11-22')).toBe(false);
});
