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

test('the unnamed city’s band table: factors of repeat admissions are of the first standard', () => {
  const pack = '990020/2010-01-01-resident-inpatient-bands';
  const owed = (traits: readonly string[]) =>
    [0, 1, 2, 3].map((admissions) => {
      const before = { admissions: { admissions } };
      const split = splitOf({ ...stay, pack, traits, ...before, lines: drug('9000.00') });
      return nationalFields(split).act_pay_dedc;
    });
  expect(owed([])).toEqual(['400.00', '280.00', '200.00', '200.00']);
  expect(owed(['standard-200'])).toEqual(['200.00', '140.00', '100.00', '100.00']);
});

const beijing = { region: '110000', serviceDate: '2026-11-22', personType: '1201', ageYears: 68 };

test('Beijing, military-retired: 80 %, half of the rest, and half of what is left then (recorded)', () => {
  const before = { 'outpatient-deductible': '1300.00', 'outpatient-in-scope': '1300.00' };
  const retired = { ...beijing, before, place: { level: 3 as const }, lines: drug('84.00') };
  const paid = (traits: readonly string[]) => nationalFields(splitOf({ ...retired, traits }));
  expect(paid(['military-retired'])).toMatchObject({
    ...{ hifob_pay: '67.20', hifes_pay: '8.40', cvlserv_pay: '4.20' },
    ...{ fund_pay_sumamt: '79.80', psn_part_amt: '4.20' },
  });
  expect(paid([])).toMatchObject({ hifob_pay: '58.80', hifes_pay: '12.60', cvlserv_pay: '0.00' });
});

test('Wuhan before 2024-04: shares and caps are not those of 2024', () => {
  const wuhan = { region: '420100', serviceDate: '2023-06-01', careType: '11' } as const;
  const before = { 'outpatient-deductible': '700.00' };
  const share = (personType: string, place: Bill['place'] = {}) => {
    const lines = drug('1000.00');
    return nationalFields(splitOf({ ...wuhan, before, personType, place, lines })).hifp_pay;
  };
  const places = [
    { level: 1 },
    { level: 2 },
    { level: 3 },
    { kind: 'pharmacy', level: undefined },
  ] as const;
  expect(places.map((place) => share('1101', place))).toEqual([
    '800.00',
    '600.00',
    '500.00',
    '800.00',
  ]);
  expect(places.map((place) => share('1201', place))).toEqual([
    '840.00',
    '680.00',
    '600.00',
    '840.00',
  ]);
  const most = (personType: string) => {
    const split = splitOf({ ...wuhan, before, personType, lines: drug('50000.00') });
    return nationalFields(split).hifp_pay;
  };
  expect([most('1101'), most('1201')]).toEqual(['3500.00', '4000.00']);
});

test('Chongqing, assisted classes: what is known is paid, what is not is said', () => {
  const chongqing = { region: '500000', serviceDate: '2026-11-22', ...stay } as const;
  const settled = (trait: string) => {
    const split = splitOf({ ...chongqing, traits: [trait], lines: drug('60000.00') });
    const unknown = split.steps.filter(({ stage }) => stage === 'no-choice');
    const { hifmi_pay, maf_pay } = nationalFields(split);
    return [hifmi_pay, maf_pay, unknown.map(({ rule }) => rule)];
  };
  // 60000 - 800, half by the fund: 30400 are left. Major illness: 65 % above 9928, or 60 % above 19856.
  const [favoured, plain] = ['13306.80', '6326.40'];
  const assistance = ['assistance', 'extra-assistance'];
  // 70 % of 17093.20, then 70 % of the 5127.96 that are left above 3500.
  expect(settled('min-living')).toEqual([favoured, '13104.81', []]);
  expect(settled('extreme-hardship')).toEqual([favoured, '11965.24', ['extra-assistance']]);
  expect(settled('low-income-edge')).toEqual([plain, '0.00', assistance]);
  expect(settled('poverty-watch')).toEqual([plain, '0.00', assistance]);
});
