/** Labels of stages, payers and national fields in both languages. */
import type { FundField } from '../model/pack-file-payers.ts';
import type { Stage } from '../model/split.ts';

export type Language = 'zh' | 'en';
export type Label = { readonly zh: string; readonly en: string };

export const stageLabels: Readonly<Record<Stage, Label>> = {
  'full-own-pay': { zh: '全自费', en: 'full own-pay' },
  'over-limit': { zh: '超限价自费', en: 'over limit' },
  'prior-self-pay': { zh: '先行自付', en: 'prior self-pay' },
  'in-scope': { zh: '政策范围内', en: 'in scope' },
  'account-first': { zh: '账户先付', en: 'account first' },
  'out-of-area': { zh: '异地先自付', en: 'out-of-area' },
  waiver: { zh: '免起付线', en: 'waiver' },
  deductible: { zh: '起付线', en: 'deductible' },
  threshold: { zh: '起付标准以下', en: 'below threshold' },
  'no-choice': { zh: '无适用档次', en: 'no choice holds' },
  modifier: { zh: '比例调整', en: 'ratio changed' },
  band: { zh: '分段支付', en: 'band' },
  cap: { zh: '限额', en: 'cap' },
  guarantee: { zh: '保底', en: 'guarantee' },
  account: { zh: '个人账户', en: 'account' },
  'account-limit': { zh: '账户限额', en: 'account limit' },
  family: { zh: '共济账户', en: 'family account' },
  patient: { zh: '个人', en: 'patient' },
};

export const fundLabels: Readonly<Record<FundField, Label>> = {
  hifp_pay: { zh: '基本医保统筹基金', en: 'basic pooled fund' },
  cvlserv_pay: { zh: '公务员医疗补助', en: 'civil-servant supplement' },
  hifes_pay: { zh: '企业补充医疗保险', en: 'enterprise or retiree supplement' },
  hifmi_pay: { zh: '居民大病保险', en: 'major-illness insurance' },
  hifob_pay: { zh: '职工大额医疗费用补助', en: 'large-amount fund' },
  hifdm_pay: { zh: '伤残人员医疗保障基金', en: 'fund for disabled soldiers' },
  maf_pay: { zh: '医疗救助基金', en: 'medical assistance' },
  oth_pay: { zh: '其他基金', en: 'other funds' },
  hosp_part_amt: { zh: '医院负担', en: 'borne by the hospital' },
  ownpay_hosp_part: { zh: '自费中医院负担', en: 'own-pay money borne by the hospital' },
};

export const benefitLabel: Label = { zh: '津贴待遇', en: 'benefit' };

/** Accounts, the patient, and the buckets of unpaid money. */
const partyLabels: Readonly<Record<string, Label>> = {
  'full-own-pay': stageLabels['full-own-pay'],
  'over-limit': stageLabels['over-limit'],
  'prior-self-pay': stageLabels['prior-self-pay'],
  'in-scope': stageLabels['in-scope'],
  'out-of-area': stageLabels['out-of-area'],
  deductible: stageLabels.deductible,
  account: { zh: '个人账户', en: 'personal account' },
  family: { zh: '共济账户', en: 'family account' },
  patient: { zh: '个人', en: 'patient' },
};

/**
 * The label of a step's `payer`: a fund by its type and national field, an account, the patient.
 */
export function payerLabel(
  payer: string,
  fields: ReadonlyMap<string, FundField>,
  language: Language,
): string {
  const party = partyLabels[payer];
  if (party !== undefined) return party[language];
  const field = fields.get(payer);
  return field === undefined ? payer : `${fundLabels[field][language]} ${payer}`;
}

export const nationalFieldLabels: Readonly<Record<string, Label>> = {
  medfee_sumamt: { zh: '医疗费总额', en: 'total' },
  fulamt_ownpay_amt: { zh: '全自费金额', en: 'full own-pay' },
  overlmt_selfpay: { zh: '超限价自费费用', en: 'over limit' },
  preselfpay_amt: { zh: '先行自付金额', en: 'prior self-pay' },
  inscp_scp_amt: { zh: '符合政策范围金额', en: 'in scope' },
  act_pay_dedc: { zh: '实际支付起付线', en: 'deductible paid' },
  ...fundLabels,
  hosp_part_amt: { zh: '医院负担金额', en: 'borne by the hospital' },
  ownpay_hosp_part: { zh: '自费中医院负担部分', en: 'own-pay money borne by the hospital' },
  fund_pay_sumamt: { zh: '基金支付总额', en: 'all funds' },
  acct_pay: { zh: '个人账户支出', en: 'personal account' },
  acct_mulaid_pay: { zh: '个人账户共济支付', en: 'family account' },
  psn_cash_pay: { zh: '个人现金支出', en: 'cash or bank' },
  psn_part_amt: { zh: '个人负担总金额', en: 'person in all' },
};
