import { describe, expect, test } from 'vitest';
import { explainData } from '../../../../rules/explain/explain-data.ts';
import { explainRows, nationalRows } from '../../../../rules/explain/explain-rows.ts';
import { explainSplit } from '../../../../rules/explain/explain-split.ts';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, compiled, line, packJson, packOf, payer, yuan } from '../bill-builder.ts';

const words = (id: string) => ({ id, source: 'rule', zh: '规则', en: id });

const drug = line('78.00', {
  code: 'XC08CAX066A011010100002',
  name: '硝苯地平控释片',
  selfPayE4: 1000,
  itemClass: '02',
});
const pack = packOf({ deductible: '20.00' });
const split = explainBill(pack, bill([drug], { accountAvailable: yuan('30.00') }));

test('a cashier reads in Chinese who pays what, with the sum, the rule and its source', () => {
  expect(explainSplit(pack, split, 'zh')).toEqual([
    '规则包 420100/2023-01-01-test 测试',
    '总费用 78.00 元 = 基金支付 30.12 + 个人账户支付 30.00 + 个人支付 17.88',
    '第1行 先行自付：78.00 × 10% = 7.80 元（规则 lines/prior-self-pay；依据 published example）',
    '第1行 符合政策范围金额：70.20 元（规则 lines/in-scope；依据 published example）',
    '规则：20.00 元（规则 deductible；依据 published example）',
    '规则：50.20 × 60% = 30.12 元（规则 fund；依据 published example）',
    '个人账户支付起付线：20.00 元（规则 account/deductible；依据 published example）',
    '个人账户支付按比例自付：10.00 元（规则 account/coinsurance；依据 published example）',
    '个人支付按比例自付：10.08 元（规则 patient/coinsurance；依据 published example）',
    '个人支付先行自付：7.80 元（规则 patient/prior-self-pay；依据 published example）',
  ]);
});

test('and in English', () => {
  expect(explainSplit(pack, split, 'en').slice(0, 3)).toEqual([
    'Pack 420100/2023-01-01-test Test',
    'Total 78.00 yuan = funds 30.12 + personal account 30.00 + patient 17.88',
    'Line 1: Prior self-pay: 78.00 × 10% = 7.80 yuan ' +
      '(rule lines/prior-self-pay; source: published example)',
  ]);
});

test('a pack with doubtful values says so before anything else, and at each of them', () => {
  const json = packJson({ deductible: '20.00' });
  const sources = { rule: { text: 'a page of a hospital', grade: 'secondary' as const } };
  const doubtful = compiled({ ...json, sources });
  const [, note, , deductible] = explainSplit(
    doubtful,
    explainBill(doubtful, bill([line('78.00')])),
    'en',
  );
  expect(note).toMatch(/^Note: \d values of this pack are not verified/);
  expect(deductible).toContain('a page of a hospital [unverified: source is secondary]');
});

test('a changed ratio and a cap are explained as what they are', () => {
  const capped = compiled({
    ...packJson(),
    payers: [
      payer({
        id: 'fund',
        field: 'hifp_pay',
        fundType: '310100',
        ratio: '0.60',
        modifiers: [{ ...words('away'), when: { travels: ['unfiled'] }, points: '-0.20' }],
        caps: [{ ...words('cap'), amount: '10.00', on: 'paid' }],
      }),
    ],
  });
  const away = bill([line('78.00')], { visit: { travel: 'unfiled' } });
  const lines = explainSplit(capped, explainBill(capped, away), 'en');
  expect(lines).toContainEqual(expect.stringMatching(/^away: −20 percentage points \(rule away;/));
  expect(lines).toContainEqual(expect.stringMatching(/^cap: 53\.00 yuan left unpaid \(rule cap;/));
});

describe('as rows', () => {
  test('each step names its stage and its payer in the language that was asked for', () => {
    const { head, rows } = explainRows(pack, split, 'zh');
    expect(head).toEqual(['环节', '行', '支付方', '基数', '比例', '金额', '规则', '依据']);
    expect(rows[0]?.slice(0, 6)).toEqual(['先行自付', '1', '先行自付', '78.00', '10%', '7.80']);
    const band = rows.find(([stage]) => stage === '分段支付');
    expect(band?.slice(2, 6)).toEqual(['基本医保统筹基金 310100', '50.20', '60%', '30.12']);
    expect(explainRows(pack, split, 'en').rows.map(([stage]) => stage)).toContain('band');
  });

  test('the national fields carry the amounts of the split', () => {
    const { rows } = nationalRows(split, 'en');
    expect(rows).toContainEqual(['hifp_pay', 'basic pooled fund', '30.12']);
    expect(rows).toContainEqual(['psn_part_amt', 'person in all', '47.88']);
    expect(rows.every(([, meaning]) => meaning !== '')).toBe(true);
  });
});

test('as data, amounts are yuan and admissions a count', () => {
  const json = packJson({ deductible: '20.00' });
  const counting = compiled({
    ...json,
    accumulators: { ...json.accumulators, admissions: 'admissions' },
  });
  const data = explainData(counting, explainBill(counting, bill([line('78.00')])));
  expect(data['accumulatorChanges']).toMatchObject({ admissions: 1, deductible: '20.00' });
  expect(data['pack']).toMatchObject({ id: counting.id, unverified: 0 });
  expect(JSON.parse(JSON.stringify(data))).toEqual(data);
});
