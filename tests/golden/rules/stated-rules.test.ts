/**
 * Rules of regions that were stated without an example of their own: deductibles in percent of the
 * bill, by month with a yearly ceiling, falling with each admission; a guaranteed minimum; bands of
 * a delivery. Method: bills whose result the stated rule gives by hand.
 */
import { expect, test } from 'vitest';
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { type Bill, inTurn, splitOf } from './example.ts';

const drug = (amount: string) => [{ code: 'XL01BCF082B002010200874', amount }];
const stay = { careType: '21', scheme: '390', personType: '1501', ageYears: 45 } as const;

test.each([
  // 20 % of 8000 is less than 2000; 6000 × 50 % = 3000 is less than the guaranteed 40 % of 8000.
  ['8000.00', 'unfiled', '2000.00', '3200.00'],
  ['20000.00', 'referral', '4000.00', '9600.00'],
  // 20 % of 100000 is more than 10000.
  ['100000.00', 'referral', '10000.00', '54000.00'],
] as const)('Bengbu, another province, %s, %s: a deductible of 20 %% of the bill', (...row) => {
  const [amount, travel, deductible, fund] = row;
  const pack = '340300/2023-06-01-resident-inpatient';
  const visit = { travel, distance: 'out-of-province' } as const;
  const split = splitOf({ ...stay, pack, visit, lines: drug(amount) });
  expect(nationalFields(split)).toMatchObject({ act_pay_dedc: deductible, hifp_pay: fund });
});

test('Baoji: 50 yuan once a month, four times a year', () => {
  const days = ['01-05', '01-20', '02-05', '03-05', '04-05', '05-05'];
  const splits = inTurn(
    days.map((day): Bill => {
      const place = { level: 1 } as const;
      const pack = '610300/2023-01-01-employee-outpatient';
      return { pack, serviceDate: `2026-${day}`, place, lines: drug('100.00') };
    }),
  );
  expect(splits.map((split) => nationalFields(split).act_pay_dedc)).toEqual([
    '50.00',
    '0.00',
    '50.00',
    '50.00',
    '50.00',
    '0.00',
  ]);
});

test('Xi’an: each further admission owes 20 % less, but never less than level 1', () => {
  const one: Bill = { region: '610100', careType: '21', lines: drug('2000.00') };
  const splits = inTurn([one, one, one, one, one, one]);
  expect(splits.map((split) => nationalFields(split).act_pay_dedc)).toEqual([
    '1200.00',
    '960.00',
    '720.00',
    '480.00',
    '240.00',
    '200.00',
  ]);
});

test('Nanjing, caesarean at level 3, 9000 in scope: 2500 × 5 % and 2000 × 15 % stay', () => {
  const visit = { birth: 'caesarean' } as const;
  const bill: Bill = {
    region: '320100',
    scheme: '510',
    careType: '52',
    visit,
    lines: drug('9000.00'),
  };
  expect(nationalFields(splitOf(bill))).toMatchObject({ psn_part_amt: '425.00' });
});

test('Guangzhou: the unit’s supplement pays 70 % of deductible and coinsurance', () => {
  const bill: Bill = { region: '440100', careType: '21', lines: drug('10000.00') };
  const fields = nationalFields(splitOf({ ...bill, traits: ['unit-supplement'] }));
  expect(fields).toMatchObject({
    hifp_pay: '7200.00',
    hifes_pay: '1960.00',
    psn_part_amt: '840.00',
  });
});
