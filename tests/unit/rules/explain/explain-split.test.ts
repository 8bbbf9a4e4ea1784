import { expect, test } from 'vitest';
import { explainSplit } from '../../../../rules/explain/explain-split.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { bill, line, packOf, yuan } from '../bill-builder.ts';

const drug = line('78.00', {
  code: 'XC08CAX066A011010100002',
  name: '硝苯地平控释片',
  selfPayE4: 1000,
  itemClass: '02',
});
const split = splitBill(
  packOf({ deductible: '20.00' }),
  bill([drug], { accountAvailable: yuan('30.00') }),
);

test('a cashier reads in Chinese who pays what, with the sum, the rule and its source', () => {
  expect(explainSplit(split, 'zh')).toEqual([
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
  expect(explainSplit(split, 'en').slice(0, 2)).toEqual([
    'Total 78.00 yuan = funds 30.12 + personal account 30.00 + patient 17.88',
    'Line 1: Prior self-pay: 78.00 × 10% = 7.80 yuan ' +
      '(rule lines/prior-self-pay; source: published example)',
  ]);
});
