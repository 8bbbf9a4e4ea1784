/**
 * 异地就医 out-of-area care: regions print the same words ("10 % less") and mean four different
 * formulas. Goal: each can be said in a pack. Method: 10000 yuan in scope, a deductible of 800 and
 * 85 % at home, which give 7820.00; then the same bill elsewhere, by each mechanism.
 * Sources: Jiangxi 2023-04-01 (share of in-scope money first), Xi'an (points off the ratio), github
 * good9527/china-medical-insurance (fund times a factor), Jiamusi 2018 (own table).
 */
import { describe, expect, test } from 'vitest';
import { formatFen } from '../../../engine/base/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Visit } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { ConditionFile } from '../../../rules/model/pack-file-condition.ts';
import type { PayerFile } from '../../../rules/model/pack-file-payers.ts';
import type { Split } from '../../../rules/model/split.ts';
import { bill, compiled, line, packJson } from '../../unit/rules/bill-builder.ts';

const words = { source: 'rule', zh: '异地就医', en: 'Out-of-area care' };
const abroad: ConditionFile = { travels: ['referral', 'emergency', 'unfiled'] };

function pack(change: Partial<PackFile> = {}, fund: Partial<PayerFile> = {}): Pack {
  const home = packJson({ deductible: '800.00', period: 'visit', bands: [{ ratio: '0.85' }] });
  const [pooled] = home.payers;
  return compiled({ ...home, payers: [{ ...pooled, ...fund }], ...change });
}

function settle(rules: Pack, visit: Visit): Split {
  return splitBill(rules, bill([line('10000.00')], { visit }));
}

const mechanisms = {
  'P, the person pays 10 % of in-scope money before the deductible': pack({
    outOfAreaSelfPay: [{ id: 'first', ...words, when: abroad, ratio: '0.10' }],
  }),
  'R, the ratio falls by 10 points': pack(
    {},
    { modifiers: [{ id: 'points', ...words, when: abroad, points: '-0.10' }] },
  ),
  'F, the fund pays 0.9 of what it would pay': pack(
    {},
    { modifiers: [{ id: 'times', ...words, when: abroad, times: '0.9' }] },
  ),
};

describe('10000 in scope, deductible 800, 85 %', () => {
  test.each(Object.entries(mechanisms))('%s: at home 7820.00', (_name, rules) => {
    expect(formatFen(settle(rules, {}).fundTotal)).toBe('7820.00');
    expect(formatFen(settle(rules, { travel: 'resident' }).fundTotal)).toBe('7820.00');
  });

  test.each([
    ['P, the person pays 10 % of in-scope money before the deductible', '6970.00'],
    ['R, the ratio falls by 10 points', '6900.00'],
    ['F, the fund pays 0.9 of what it would pay', '7038.00'],
  ] as const)('%s: by referral %s', (name, fund) => {
    expect(formatFen(settle(mechanisms[name], { travel: 'referral' }).fundTotal)).toBe(fund);
  });
});

describe('T, a table of its own: 1000 and 60 %, 1500 and 50 %, unfiled 1500 and 40 %', () => {
  const inProvince: ConditionFile = { ...abroad, distances: ['in-province'] };
  const deductible = (id: string, when: ConditionFile | undefined, amount: string) => ({
    id: `deductible-${id}`,
    ...words,
    ...(when && { when }),
    amount,
  });
  const share = (id: string, when: ConditionFile | undefined, ratio: string) => ({
    id: `share-${id}`,
    ...words,
    ...(when && { when }),
    bands: [{ ratio }],
  });
  const unfiled: ConditionFile = { travels: ['unfiled'] };
  const table = pack(
    {
      deductible: {
        mode: 'per-visit',
        choices: [
          deductible('unfiled', unfiled, '1500.00'),
          deductible('in-province', inProvince, '1000.00'),
          deductible('elsewhere', abroad, '1500.00'),
          deductible('home', undefined, '800.00'),
        ],
      },
    },
    {
      choices: [
        share('unfiled', unfiled, '0.40'),
        share('in-province', inProvince, '0.60'),
        share('elsewhere', abroad, '0.50'),
        share('home', undefined, '0.85'),
      ],
    },
  );

  test.each<[string, Visit, string]>([
    ['at home', {}, '7820.00'],
    ['in the province', { travel: 'referral', distance: 'in-province' }, '5400.00'],
    ['in another province', { travel: 'referral', distance: 'out-of-province' }, '4250.00'],
    ['unfiled', { travel: 'unfiled', distance: 'in-province' }, '3400.00'],
  ])('%s', (_where, visit, fund) => {
    expect(formatFen(settle(table, visit).fundTotal)).toBe(fund);
  });
});

test('an emergency counts as filed by mechanism P; the share it takes is its own figure', () => {
  const split = settle(
    mechanisms['P, the person pays 10 % of in-scope money before the deductible'],
    { travel: 'emergency' },
  );
  expect(formatFen(split.deductible)).toBe('800.00');
  expect(formatFen(split.patientPay)).toBe('3030.00');
});
