/**
 * Dongguan: the published percentages by point of care, the second point's cap of 1 % of the
 * published wage, and what the account pays at a pharmacy.
 */
import { describe, expect, test } from 'vitest';
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { type Bill, splitOf } from './example.ts';

const drug = (amount: string) => [{ code: 'XB01ACA056A012020279489', amount }];
const settle = (bill: Bill) => nationalFields(splitOf({ region: '441900', ...bill }));

type Case = readonly [
  traits: readonly string[],
  personType: string,
  level: 1 | 2 | 3,
  fund: string,
];

const cases: readonly Case[] = [
  [['main-point'], '1101', 1, '70.00'],
  [['main-point', 'family-doctor'], '1101', 1, '75.00'],
  [['main-point', 'family-doctor', 'no-second-point-last-year'], '1101', 1, '80.00'],
  [['main-point'], '1201', 1, '75.00'],
  [['main-point', 'family-doctor'], '1201', 1, '80.00'],
  [['second-point'], '1101', 2, '50.00'],
  [['second-point'], '1101', 3, '35.00'],
  [['second-point', 'referred'], '1101', 2, '55.00'],
  [['second-point', 'referred'], '1101', 3, '40.00'],
  [['second-point', 'referred'], '1201', 2, '60.00'],
  [[], '1101', 1, '0.00'],
];

describe('employees, outpatient: no deductible', () => {
  test.each(cases)(
    '%j, person type %s, level %i: of 100.00 the fund pays %s',
    (traits, personType, level, fund) => {
      const place = { level, isCommunity: level === 1 };
      const fields = settle({ traits, personType, place, lines: drug('100.00') });
      expect(fields).toMatchObject({ hifp_pay: fund, act_pay_dedc: '0.00' });
    },
  );

  test('the second point is capped at 796, 1 % of the published wage of 79601', () => {
    const second = { traits: ['second-point'], place: { level: 2 } } as const;
    expect(settle({ ...second, lines: drug('5000.00') }).hifp_pay).toBe('796.00');
    const before = { 'second-point-fund-paid': '796.00' };
    expect(settle({ ...second, before, lines: drug('100.00') }).hifp_pay).toBe('0.00');
  });

  test('what the main point pays does not use up the second point’s cap', () => {
    const main: Bill = { region: '441900', traits: ['main-point'], place: { level: 1 } };
    const split = splitOf({ ...main, lines: drug('5000.00') });
    expect(nationalFields(split).hifp_pay).toBe('3500.00');
    expect(split.accumulatorChanges.get('second-point-fund-paid') ?? 0n).toBe(0n);
  });
});

describe('employees, pharmacy', () => {
  const pharmacy: Bill = { careType: '41', place: { kind: 'pharmacy' } };

  test('the account pays catalogue drugs in full, but no goods without a code', () => {
    const lines = [
      ...drug('13.55'),
      { code: 'XC08CAX066A011010100002', amount: '78.00', selfPay: '0.10' },
      { name: '电子体温计', amount: '25.00' },
    ];
    const fields = settle({ ...pharmacy, lines, account: '1000000.00' });
    expect(fields).toMatchObject({
      fund_pay_sumamt: '0.00',
      acct_pay: '91.55',
      psn_cash_pay: '25.00',
    });
  });

  test('a short account leaves the rest to the patient', () => {
    const fields = settle({ ...pharmacy, lines: drug('78.00'), account: '50.00' });
    expect(fields).toMatchObject({ acct_pay: '50.00', psn_cash_pay: '28.00' });
  });
});
