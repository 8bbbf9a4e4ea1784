import { describe, expect, test } from 'vitest';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import type { ConditionFile } from '../../../../rules/model/pack-file-condition.ts';
import { type BillChange, bill, compiled, line, packJson, payer } from '../bill-builder.ts';

const words = { source: 'rule', zh: '甲', en: 'a' };

/** Does a payer with this condition pay anything of this bill? */
function holds(when: ConditionFile, change: BillChange): boolean {
  const json = packJson();
  const facts = { 'insured-months': { zh: '参保月数', en: 'months insured' } };
  const accumulators = { ...json.accumulators, admissions: 'stays' };
  const payers = [payer({ id: 'fund', when })];
  const pack = compiled({ ...json, facts, accumulators, payers });
  const given = { facts: { 'insured-months': '24' }, ...change };
  return splitBill(pack, bill([line('10.00')], given)).fundTotal > 0n;
}

const retired72: BillChange = {
  insured: { personType: '1201', ageYears: 72, traits: new Set(['main-point', 'family-doctor']) },
  carePlace: {
    kind: 'hospital',
    level: 2,
    isCommunity: false,
    code: 'H11010800001',
    marks: ['provincial'],
  },
  visit: {
    travel: 'referral',
    distance: 'in-province',
    diseases: ['M01600', 'E11.900'],
    birth: 'caesarean',
    dischargeCondition: '1',
  },
  counts: { stays: 1 },
};

describe('a retired person of 72 at a provincial hospital of level 2', () => {
  const cases: readonly (readonly [ConditionFile, boolean])[] = [
    [{ schemes: ['310'] }, true],
    [{ schemes: ['390'] }, false],
    [{ careTypes: ['1'] }, true],
    [{ careTypes: ['14'] }, false],
    [{ personTypes: ['12'] }, true],
    [{ personTypes: ['11', '13'] }, false],
    [{ ageFrom: 72 }, true],
    [{ ageFrom: 73 }, false],
    [{ ageBelow: 73 }, true],
    [{ ageBelow: 72 }, false],
    [{ traits: ['main-point', 'family-doctor'] }, true],
    [{ traits: ['main-point', 'referred'] }, false],
    [{ anyTrait: ['main-point', 'referred'] }, true],
    [{ anyTrait: ['referred'] }, false],
    [{ noTraits: ['referred'] }, true],
    [{ noTraits: ['referred', 'main-point'] }, false],
    [{ levels: [1, 2] }, true],
    [{ levels: [3] }, false],
    [{ isCommunity: true }, false],
    [{ placeKind: 'pharmacy' }, false],
    [{ placeMarks: ['top', 'provincial'] }, true],
    [{ placeMarks: ['top'] }, false],
    [{ institutions: ['H11010800001'] }, true],
    [{ institutions: ['H11010800002'] }, false],
    [{ travels: ['emergency', 'referral'] }, true],
    [{ travels: ['local'] }, false],
    [{ distances: ['in-province'] }, true],
    [{ distances: ['in-city'] }, false],
    [{ diseases: ['E11'] }, true],
    [{ diseases: ['I10'] }, false],
    [{ admissionFrom: 2 }, true],
    [{ admissionFrom: 3 }, false],
    [{ admissionTo: 2 }, true],
    [{ admissionTo: 1 }, false],
    [{ facts: { 'insured-months': { from: '24' } } }, true],
    [{ facts: { 'insured-months': { from: '25' } } }, false],
    [{ facts: { 'insured-months': { below: '24' } } }, false],
    [{ births: ['caesarean'] }, true],
    [{ births: ['natural'] }, false],
    [{ dischargeConditions: ['1'] }, true],
    [{ dischargeConditions: ['5'] }, false],
    [{ personTypes: ['12'], ageFrom: 70, traits: ['family-doctor'], levels: [2] }, true],
    [{ personTypes: ['12'], ageFrom: 70, traits: ['family-doctor'], levels: [3] }, false],
  ];
  test.each(cases)('%j → %s', (when, expected) => {
    expect(holds(when, retired72)).toBe(expected);
  });
});

test('a plain visit is local, in the city, and the first of the year', () => {
  expect(holds({ travels: ['local'], distances: ['in-city'], admissionTo: 1 }, {})).toBe(true);
});

test('the first choice that holds is taken; without any the payer pays nothing', () => {
  const choice = (id: string, ratio: string, when?: ConditionFile) => ({
    id,
    ...(when && { when }),
    ...words,
    bands: [{ ratio }],
  });
  const pays = (choices: ReturnType<typeof choice>[]) => {
    const pack = compiled({ ...packJson(), payers: [payer({ id: 'fund', choices })] });
    return splitBill(pack, bill([line('10.00')], retired72)).fundTotal;
  };
  const retired = choice('retired', '0.5', { personTypes: ['12'] });
  const minister = choice('minister', '1', { traits: ['public-funded'] });
  expect(pays([minister, retired, choice('all', '0.1')])).toBe(500n);
  expect(pays([minister])).toBe(0n);
});
