/**
 * Beijing beyond its recorded settlements: the published ratios of retired persons are two payers
 * in a chain, and the share falls above 20000 yuan in scope. Method: bills of 100 yuan past the
 * deductible, of which the shares can be read off.
 */
import { describe, expect, test } from 'vitest';
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { type Bill, splitOf } from './example.ts';

function settle(amount: string, change: Bill) {
  const lines = [{ code: 'XB01ACA056A012020279489', amount }];
  return nationalFields(splitOf({ region: '110000', lines, ...change }));
}

const retired = { personType: '1201', ageYears: 63 };
const consumed = (inScope: string) => ({
  'outpatient-deductible': '1300.00',
  'outpatient-in-scope': inScope,
});

describe('retired persons, the large-amount fund and half of what it leaves', () => {
  test.each([
    ['other hospital, under 70', 63, false, '70.00', '15.00'],
    ['community, under 70', 63, true, '80.00', '10.00'],
    ['other hospital, 70', 70, false, '80.00', '10.00'],
    ['community, 81', 81, true, '80.00', '10.00'],
  ] as const)('%s', (_case, ageYears, isCommunity, large, supplement) => {
    const place = { level: isCommunity ? 1 : 3, isCommunity } as const;
    const before = consumed('1300.00');
    const fields = settle('100.00', { ...retired, ageYears, place, before });
    expect(fields).toMatchObject({ hifob_pay: large, hifes_pay: supplement });
  });

  test('above 20000 in scope in the year: 60 %, and half of the rest', () => {
    const fields = settle('200.00', { ...retired, before: consumed('19900.00') });
    expect(fields).toMatchObject({ hifob_pay: '130.00', hifes_pay: '35.00' });
  });
});

test('18000 in scope of an employee: 16200 × 70 %, not the 60 % of a web page', () => {
  expect(settle('18000.00', {})).toMatchObject({ act_pay_dedc: '1800.00', hifob_pay: '11340.00' });
});
