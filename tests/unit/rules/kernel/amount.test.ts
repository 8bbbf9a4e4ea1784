import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { formatFen } from '../../../../engine/base/money/fen.ts';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import type { PackFile } from '../../../../rules/model/pack-file.ts';
import type { AmountFile } from '../../../../rules/model/pack-file-values.ts';
import { type BillChange, bill, compiled, packJson } from '../bill-builder.ts';

const words = { source: 'rule', zh: '金额', en: 'amount' };

function amount(value: AmountFile, change: Partial<PackFile> = {}, given: BillChange = {}): string {
  const benefits = [{ id: 'benefit', ...words, amount: value }];
  const [benefit] = compiled({ ...packJson(), ...change, benefits }).benefits(bill([], given));
  return formatFen(benefit?.amount ?? (0n as never));
}

const wage = { amount: '108934.00', source: 'rule' };
const figures = { 'average-wage': wage };

describe('caps from a published wage (Foshan 2024)', () => {
  test.each([
    ['0.025', '2723.00'],
    ['0.0275', '2996.00'],
    ['4', '435736.00'],
    ['5.5', '599137.00'],
  ])('%s × 108934 is %s in whole yuan', (times, expected) => {
    expect(amount({ of: [times, 'average-wage'], round: 'yuan' }, { figures })).toBe(expected);
  });

  test('a month is a twelfth, to the fen', () => {
    expect(amount({ of: ['0.02', 'average-wage', '1/12'] }, { figures })).toBe('181.56');
  });
});

describe('what depends on the person', () => {
  const facts = {
    'own-wage': { zh: '本人工资', en: 'own wage' },
    'leave-days': { zh: '产假天数', en: 'days of leave', default: '98' },
    'extra-foetuses': { zh: '多胎数', en: 'further children', default: '0' },
  };

  test('a maternity allowance: 5000 / 30 × 98, exact until the end', () => {
    const value: AmountFile = { of: ['own-wage', 'leave-days', '1/30'] };
    expect(amount(value, { facts }, { facts: { 'own-wage': '5000' } })).toBe('16333.33');
  });

  test('the wage is held between 60 and 300 % of the average', () => {
    const clamped: PackFile['figures'] = {
      average: { amount: '5000.00', source: 'rule' },
      'counted-wage': {
        amount: {
          of: ['own-wage'],
          min: { of: ['0.6', 'average'] },
          max: { of: ['3', 'average'] },
        },
        source: 'rule',
      },
    };
    const nine = (own: string) =>
      amount(
        { of: ['9', 'counted-wage'] },
        { facts, figures: clamped },
        { facts: { 'own-wage': own } },
      );
    expect([nine('1000'), nine('4000'), nine('90000')]).toEqual([
      '27000.00',
      '36000.00',
      '135000.00',
    ]);
  });

  test('300 more for each further child', () => {
    const value: AmountFile = { of: ['300', 'extra-foetuses'], plus: '3520.00' };
    expect(amount(value, { facts })).toBe('3520.00');
    expect(amount(value, { facts }, { facts: { 'extra-foetuses': '2' } })).toBe('4120.00');
  });

  test('a fact without a default must be there', () => {
    const benefits = [{ id: 'benefit', ...words, amount: { of: ['own-wage'] } }];
    const pack = compiled({ ...packJson(), facts, benefits });
    expect(pack.factsNeeded).toEqual(['own-wage']);
    expect(() => pack.benefits(bill([]))).toThrow(InvariantViolation);
  });
});

test.each([
  ['an unknown figure', { of: ['average-wage'] }, 'neither a figure nor among the facts'],
  ['a negative factor', { of: ['-2'] }, 'benefits[0].amount.of[0]'],
  ['no factor', { of: [] }, 'must not have fewer than 1 items'],
])('%s is refused with its place', (_case, value, message) => {
  const result = compilePack({ ...packJson(), benefits: [{ id: 'b', ...words, amount: value }] });
  const told = result.ok ? '' : JSON.stringify(result.error);
  expect(told).toContain(message);
});

test('a figure may use only figures above it', () => {
  const late: PackFile['figures'] = {
    cap: { amount: { of: ['2', 'average-wage'] }, source: 'rule' },
    'average-wage': wage,
  };
  const result = compilePack({ ...packJson(), figures: late });
  expect(result.ok ? [] : result.error.map((problem) => problem.path)).toEqual([
    'figures.cap.amount.of[1]',
  ]);
});
