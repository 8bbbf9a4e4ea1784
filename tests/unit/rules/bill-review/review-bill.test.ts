/** Findings on real items: what the insurer's rule lists say against a bill, and what it must not say. */
import { describe, expect, test } from 'vitest';
import { fen } from '../../../../engine/base/money/fen.ts';
import { reviewBill } from '../../../../rules/bill-review/review-bill.ts';
import { type BillFacts, sameForAll } from '../../../../rules/bill-review/review-model.ts';
import { compileReviewRules, loadReviewRules } from '../../../../rules/bill-review/review-rules.ts';
import type { PricedLine } from '../../../../rules/model/bill.ts';

const rules = loadReviewRules();
const REFUSE = sameForAll('refuse');
const DANSHEN = ['ZA12CAD0073010100142', '丹参注射液'] as const;
const MONITORING = ['001103000010000', '急诊监护费'] as const;
const EMERGENCY_VISIT = ['001102000030000', '急诊诊查费'] as const;
const SCAR_CREAM = ['ZH01AAB0067010102021', '疤痕止痒软化乳膏'] as const;
const AMINO_ACIDS = ['XB05BAF164B002010100001', '复方氨基酸注射液(9AA)'] as const;
const NIFEDIPINE = ['XC08CAX066A011010100002', '硝苯地平控释片'] as const;

const clinic: BillFacts = {
  careType: '11',
  carePlace: { kind: 'hospital', level: 2, isCommunity: false },
  scheme: '310',
  ageYears: 40,
};
const stay: BillFacts = { ...clinic, careType: '21' };

function lines(...items: readonly (readonly [string | undefined, string])[]): PricedLine[] {
  return items.map(([code, name], index) => ({
    ...{ lineNo: String(index + 1), code, name, quantityE4: 10_000n, priceE6: 1_000_000n },
    ...{ amount: fen(100n), selfPayE4: 0, priceLimitE6: undefined },
    ...{ itemClass: '01' as const, chargeType: '14' },
  }));
}
const kindsOf = (items: readonly PricedLine[], facts: BillFacts) =>
  reviewBill(items, facts, rules, REFUSE).map(({ kind, severity }) => `${kind} ${severity}`);

describe('limits that the facts decide', () => {
  test.each([
    ['a hospital of level 2 may use it', DANSHEN, clinic, []],
    [
      'one of level 1 may not',
      DANSHEN,
      { ...clinic, carePlace: { kind: 'hospital', level: 1, isCommunity: true } },
      ['place refuse'],
    ],
    [
      'nor may a pharmacy',
      DANSHEN,
      {
        ...clinic,
        careType: '41',
        carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
      },
      ['place refuse'],
    ],
    ['work-injury insurance pays it', SCAR_CREAM, { ...clinic, scheme: '410' }, []],
    ['the employees’ scheme does not', SCAR_CREAM, clinic, ['insurance refuse']],
    ['an item without limits', NIFEDIPINE, clinic, []],
    [
      'inpatients of the right department and disease',
      AMINO_ACIDS,
      { ...stay, department: '临床营养科', diagnoses: ['慢性肾功能不全'] },
      [],
    ],
    [
      'outpatients, department and diseases all wrong',
      AMINO_ACIDS,
      { ...clinic, department: '骨科', diagnoses: ['腰椎间盘突出'] },
      ['care refuse', 'department refuse', 'disease refuse'],
    ],
  ] as const)('%s', (_case, item, facts, findings) => {
    expect(kindsOf(lines(item), facts)).toEqual(findings);
  });

  test('sex and age, of a person who is known', () => {
    const limit = {
      prefix: 'ZA06CAX04380',
      name: '小儿咳嗽宁糖浆',
      ageGroup: 'child',
      sex: 'female',
    };
    const made = compileReviewRules([{ about: ['test'], source: 'test', limits: [limit] }]);
    if (!made.ok) throw new Error('the rules must compile');
    const found = (facts: BillFacts) =>
      reviewBill(lines(['ZA06CAX0438010100001', '糖浆']), facts, made.value, REFUSE);
    expect(found({ ...clinic, ageYears: 9, sex: 'female' })).toEqual([]);
    expect(found({ ...clinic, sex: 'male' }).map(({ kind }) => kind)).toEqual(['sex', 'age']);
    const [unknown] = found({ ...clinic, ageYears: 9 });
    expect(unknown).toMatchObject({ kind: 'text', severity: 'warn', zh: '请核对：“糖浆”限女性' });
  });

  test('once a day is once on an outpatient bill; a stay has many days', () => {
    const [line] = lines(['001209000010000', '胃肠减压']);
    if (line === undefined) throw new Error('one line');
    const twice = [{ ...line, quantityE4: 20_000n }];
    expect(kindsOf([line], clinic)).toEqual([]);
    expect(kindsOf(twice, clinic)).toEqual(['frequency refuse']);
    expect(kindsOf(twice, stay)).toEqual(['text warn']);
  });
});

test('what only a person can judge is quoted and never refuses', () => {
  const astragalus = ['ZC02AAZ0407010100001', '注射用黄芪多糖'] as const;
  const [finding, ...others] = reviewBill(lines(astragalus), clinic, rules, REFUSE);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ kind: 'text', severity: 'warn', lineNos: ['1'] });
  expect(finding?.zh).toContain('支付不超过14天');
  expect(finding?.source).toContain('MediModel');
});

describe('items that may not be charged together', () => {
  const both = lines(MONITORING, NIFEDIPINE, EMERGENCY_VISIT);

  test('on one outpatient bill, which is one day', () => {
    const [finding, ...others] = reviewBill(both, clinic, rules, REFUSE);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'exclusion', severity: 'refuse', lineNos: ['1', '3'] });
    expect(finding?.zh).toBe(
      '“急诊监护费”已包含“急诊诊查费”，同日不得重复收取（含监护、床位、诊查、护理）',
    );
  });

  test('in a stay the days are not on the bill: only pointed out', () => {
    expect(kindsOf(both, stay)).toEqual(['text warn']);
  });

  test('with an earlier bill of the day, and not with one of another day', () => {
    const visit = lines(EMERGENCY_VISIT);
    expect(kindsOf(visit, { ...clinic, earlierToday: [MONITORING[0]] })).toEqual([
      'exclusion refuse',
    ]);
    expect(kindsOf(visit, { ...stay, earlierInVisit: [MONITORING[0]] })).toEqual([]);
    expect(kindsOf(visit, { ...clinic, earlierToday: [NIFEDIPINE[0]] })).toEqual([]);
  });

  test('operations of one visit, also when the containing one was billed before', () => {
    const evacuation = ['003302010140000', '颅内多发血肿清除术'] as const;
    const drainage = ['003302010040000', '颅内硬膜外血肿引流术'] as const;
    expect(kindsOf(lines(evacuation, drainage), stay)).toEqual(['exclusion refuse']);
    const earlierInVisit = [evacuation[0]];
    expect(kindsOf(lines(drainage), { ...stay, earlierInVisit })).toEqual(['exclusion refuse']);
  });

  test('hours are never on a bill: only pointed out', () => {
    const birth = ['003314000020000', '单胎顺产接生'] as const;
    const monitoring = ['003112010260000', '胎心监测'] as const;
    const facts = { ...clinic, sex: 'female' as const };
    expect(kindsOf(lines(birth, monitoring), facts)).toEqual(['text warn']);
  });
});

test('each kind does what the setting says', () => {
  const bill = lines(SCAR_CREAM, MONITORING, EMERGENCY_VISIT);
  const setting = { ...sameForAll('warn'), insurance: 'off', exclusion: 'refuse' } as const;
  const found = reviewBill(bill, clinic, rules, setting);
  expect(found.map(({ kind, severity }) => [kind, severity])).toEqual([['exclusion', 'refuse']]);
  expect(reviewBill(bill, clinic, rules, sameForAll('off'))).toEqual([]);
});

test('goods without an insurance code are nobody’s business', () => {
  expect(kindsOf(lines([undefined, '牙膏']), clinic)).toEqual([]);
});

test('a broken file of rules is reported by path and rule', () => {
  const exclusions = [{ period: 'week', main: '001103000010000' }];
  const made = compileReviewRules([{ about: ['test'], source: 'test', exclusions }]);
  const paths = made.ok ? [] : made.error.map(({ path }) => path);
  expect(paths).toContain('exclusions[0].period');
});
