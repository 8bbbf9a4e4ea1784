// What a counter prints, to the column. Read the files beside this test: they are the paper.

import { describe, expect, test } from 'vitest';
import type { RefundDocument } from '../../../../engine/contract/refund.ts';
import type { SettlementDocument } from '../../../../engine/contract/settlement.ts';

import { displayWidth } from '../../../../terminal-adapter/receipt/columns.ts';
import {
  declinedSlip,
  type Paper,
  settlementReceipt,
  unknownSlip,
} from '../../../../terminal-adapter/receipt/receipt.ts';
import { refundReceipt } from '../../../../terminal-adapter/receipt/refund-receipt.ts';

const line = {
  code: 'XA02BCA001A001010101445',
  fullOwnPay: '0.00',
  overLimit: '0.00',
  priorSelfPay: '0.00',
};

const document: SettlementDocument = {
  outcome: 'approved',
  settlementId: '0701JDFQ8000A1B2C3D4E5F6G7H8',
  requestKey: 'sale-0000000000000001',
  state: 'posted',
  acceptedAt: '2026-11-22T08:05:00.000+08:00',
  businessDate: '2026-11-22',
  institution: 'P11010500001',
  terminalId: 'T0000001',
  careType: '41',
  careRegion: '110105',
  insuredRegion: '110000',
  policy: {
    packId: '110000/2024-01-01-employee-outpatient',
    name: { zh: '北京职工门诊', en: 'Beijing, employees, outpatient' },
    unverified: 2,
    notice: {
      zh: '所用政策有 2 项数值尚未与官方文件核对，金额仅供参考',
      en: '2 values of the policy used have not been checked against an official document',
    },
  },
  amounts: {
    total: '2186.40',
    fullOwnPay: '36.00',
    overLimit: '4.40',
    priorSelfPay: '46.00',
    inScope: '2100.00',
    deductible: '1800.00',
    fundTotal: '270.00',
    otherTotal: '16.40',
    accountPay: '1500.00',
    patientPay: '400.00',
    bankPay: '400.00',
    cashPay: '0.00',
  },
  funds: [
    { field: 'hifp_pay', fundType: '310100', amount: '210.00', counted: true },
    { field: 'hifob_pay', fundType: '330100', amount: '60.00', counted: true },
    { field: 'maf_pay', fundType: '610100', amount: '0.00', counted: true },
    { field: 'hosp_part_amt', fundType: '999996', amount: '16.40', counted: false },
  ],
  lines: [
    { ...line, lineNo: '1', name: '阿莫西林胶囊', amount: '1700.00', inScope: '1700.00' },
    {
      ...line,
      lineNo: '2',
      name: '重组人胰岛素注射液(笔芯) 3ml:300单位 预填充',
      amount: '450.40',
      overLimit: '4.40',
      priorSelfPay: '46.00',
      inScope: '400.00',
      refunded: true,
    },
    {
      ...line,
      lineNo: '3',
      code: null,
      name: '医用口罩\u001b@',
      amount: '36.00',
      fullOwnPay: '36.00',
      inScope: '0.00',
    },
  ],
  accountBalance: '1023.85',
  refunds: [],
  bank: {
    responseCode: '00',
    rrn: '112208050012',
    authCode: '123456',
    stan: '000123',
    amount: '400.00',
  },
  // Not printed.
  national: {} as SettlementDocument['national'],
  imbalance: '0.00',
  warnings: [
    {
      check: 'place',
      lineNos: ['2'],
      zh: '限二级及以上医疗机构使用',
      en: 'For hospitals of level 2 and above',
      source: '国家基本医疗保险药品目录',
    },
  ],
  explanation: [
    {
      stage: 'deductible',
      payer: 'patient',
      base: '2100.00',
      amount: '1800.00',
      rule: 'deductible',
      source: '京医保发〔2018〕12号',
      zh: '起付线 1800.00 元由个人负担',
      en: 'The deductible of 1800.00 is borne by the patient',
    },
    {
      stage: 'prior-self-pay',
      lineNo: '2',
      payer: 'patient',
      base: '446.00',
      amount: '46.00',
      rule: 'self-pay',
      source: '',
      zh: '不在此处打印',
      en: 'not printed here',
    },
    {
      stage: 'band',
      payer: '310100',
      base: '300.00',
      ratio: '70%',
      amount: '210.00',
      rule: 'band-1',
      source: '',
      zh: '起付线以上 300.00 元，统筹基金支付 70%',
      en: 'Of 300.00 above the deductible the pooled fund pays 70%',
    },
  ],
};

/** Its second line went back. */
const refundedSums: NonNullable<SettlementDocument['refunded']> = {
  amounts: {
    ...{ total: '450.40', fullOwnPay: '0.00', overLimit: '4.40', priorSelfPay: '46.00' },
    ...{ inScope: '400.00', deductible: '100.00', fundTotal: '210.00', otherTotal: '16.40' },
    ...{ accountPay: '124.00', patientPay: '100.00', bankPay: '100.00', cashPay: '0.00' },
  },
  national: {} as NonNullable<SettlementDocument['refunded']>['national'],
  funds: [
    { field: 'hifp_pay', fundType: '310100', amount: '150.00', counted: true },
    { field: 'hifob_pay', fundType: '330100', amount: '60.00', counted: true },
    { field: 'hosp_part_amt', fundType: '999996', amount: '16.40', counted: false },
  ],
};
const netSums: NonNullable<SettlementDocument['net']> = {
  amounts: {
    ...{ total: '1736.00', fullOwnPay: '36.00', overLimit: '0.00', priorSelfPay: '0.00' },
    ...{ inScope: '1700.00', deductible: '1700.00', fundTotal: '60.00', otherTotal: '0.00' },
    ...{ accountPay: '1376.00', patientPay: '300.00', bankPay: '300.00', cashPay: '0.00' },
  },
  national: {} as NonNullable<SettlementDocument['net']>['national'],
  funds: [{ field: 'hifp_pay', fundType: '310100', amount: '60.00', counted: true }],
};
/** Before that an earlier bill of the year had gone back, so the first line is the person's own. */
const corrected: SettlementDocument = {
  ...document,
  corrections: [
    {
      ...{ correctionNo: 1, causedBy: '0701JDFQ7000A1B2C3D4E5F6G7H8', refundNo: 1 },
      at: '2026-11-25T09:30:00.000+08:00',
      before: {
        ...{ total: '2186.40', fundTotal: '270.00', otherTotal: '16.40' },
        ...{ accountPay: '1500.00', patientPay: '400.00' },
      },
      after: {
        ...{ total: '2186.40', fundTotal: '0.00', otherTotal: '16.40' },
        ...{ accountPay: '1500.00', patientPay: '670.00' },
      },
      claim: '270.00',
    },
  ],
  claim: { owed: '110.00', paid: '0.00', open: '110.00' },
  refunded: {
    ...refundedSums,
    amounts: {
      ...refundedSums.amounts,
      ...{ deductible: '400.00', fundTotal: '0.00', otherTotal: '16.40', accountPay: '124.00' },
      ...{ patientPay: '310.00', bankPay: '150.00', claimPay: '160.00' },
    },
    funds: [{ field: 'hosp_part_amt', fundType: '999996', amount: '16.40', counted: false }],
  },
  net: {
    ...netSums,
    amounts: {
      ...netSums.amounts,
      ...{ fundTotal: '0.00', patientPay: '360.00', bankPay: '250.00', claimPay: '110.00' },
    },
    funds: [],
  },
};
const partRefund: SettlementDocument = { ...document, refunded: refundedSums, net: netSums };

const refund: RefundDocument = {
  ...{ outcome: 'approved', settlementId: document.settlementId, refundNo: 1 },
  ...{ requestKey: 'refund-00000000000001', state: 'posted', lines: ['2'] },
  amounts: {
    ...{ total: '450.40', fundTotal: '210.00', otherTotal: '16.40', accountPay: '124.00' },
    ...{ patientPay: '100.00', bankPay: '100.00', cashPay: '0.00' },
  },
  national: {
    ...{ medfee_sumamt: '-450.40', fulamt_ownpay_amt: '0.00', overlmt_selfpay: '-4.40' },
    ...{ preselfpay_amt: '-46.00', inscp_scp_amt: '-400.00', act_pay_dedc: '-100.00' },
    ...{ hifp_pay: '-150.00', cvlserv_pay: '0.00', hifes_pay: '0.00', hifmi_pay: '0.00' },
    ...{ hifob_pay: '-60.00', hifdm_pay: '0.00', maf_pay: '0.00', oth_pay: '0.00' },
    ...{
      hosp_part_amt: '-16.40',
      ownpay_hosp_part: '0.00',
      fund_pay_sumamt: '-210.00',
      acct_pay: '-124.00',
    },
    ...{ acct_mulaid_pay: '0.00', psn_cash_pay: '-100.00', psn_part_amt: '-224.00' },
  },
  accountBalance: '1023.85',
};

const refundOfCorrected: RefundDocument = {
  ...refund,
  amounts: { ...refund.amounts, bankPay: '40.00', claimPay: '60.00' },
};

const papers = (['zh', 'en'] as const).flatMap((language) =>
  ([32, 48] as const).map((columns) => ({
    ...{ language, columns, institutionName: '安心大药房' },
    mode: 'production' as const,
  })),
);

const facts = { requestKey: 'sale-0000000000000001', amount: '2186.40', at: document.acceptedAt };
const refusal = {
  code: 'BANK_FUNDS_SHORT',
  message: { zh: '金融账户余额不足', en: 'The bank account does not hold enough' },
  cashier: { zh: '未扣款；可改用现金', en: 'Nothing was charged; take cash instead' },
};

function fileOf(name: string, paper: Paper): string {
  return `./receipts/${name}-${paper.language}-${paper.columns}.txt`;
}

describe.each(papers)('$language on $columns columns', (paper) => {
  test.each([
    ['settlement', settlementReceipt(document, paper)],
    ['part-refund', settlementReceipt(partRefund, paper)],
    ['corrected', settlementReceipt(corrected, paper)],
    ['refund', refundReceipt(refund, paper)],
    ['refund-of-corrected', refundReceipt(refundOfCorrected, paper)],
    ['unknown', unknownSlip(facts, paper)],
    ['declined', declinedSlip({ ...facts, refusal }, paper)],
  ])('%s', async (name, lines) => {
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(fileOf(name, paper));
    for (const text of lines) expect(displayWidth(text)).toBeLessThanOrEqual(paper.columns);
  });
});

test.each(papers)(
  'paper of a sandbox says so at its head: $language on $columns columns',
  (paper) => {
    const sandbox = { ...paper, mode: 'sandbox' as const };
    for (const lines of [
      settlementReceipt(document, sandbox),
      unknownSlip(facts, sandbox),
      declinedSlip({ ...facts, refusal }, sandbox),
    ]) {
      expect(lines[1]).toMatch(/沙盒测试，不作凭证|SANDBOX TEST, NOT VALID/);
      for (const text of lines) expect(displayWidth(text)).toBeLessThanOrEqual(paper.columns);
    }
  },
);

test('an unknown slip forbids collecting twice, in both languages', () => {
  expect(unknownSlip(facts, { ...papers[0], columns: 48 } as Paper).join('')).toContain(
    '请勿重复收款',
  );
  expect(unknownSlip(facts, papers[3] as Paper).join(' ')).toContain('Do NOT collect again');
});

test('an item name cannot command the printer', () => {
  expect(settlementReceipt(document, papers[0] as Paper).join('')).not.toMatch(/\p{Cc}/u);
});

test('a refund of many lines stays on its paper', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `line-${i}`);
  for (const paper of papers) {
    const printed = refundReceipt({ ...refund, lines }, paper);
    for (const text of printed) expect(displayWidth(text)).toBeLessThanOrEqual(paper.columns);
    expect(printed.join('')).toContain('line-59');
  }
});
