/** Words of a receipt. The funds carry the official names of 医疗保障信息平台 (setlinfo, 2102/2207). */
export type Language = 'zh' | 'en';

export const fundNames: { readonly [field: string]: { readonly [L in Language]: string } } = {
  hifp_pay: { zh: '基本医疗保险统筹基金支出', en: 'Basic pooled fund' },
  cvlserv_pay: { zh: '公务员医疗补助资金支出', en: 'Civil servant medical aid' },
  hifes_pay: { zh: '企业补充医疗保险基金支出', en: 'Enterprise supplement fund' },
  hifmi_pay: { zh: '居民大病保险资金支出', en: 'Residents major illness' },
  hifob_pay: { zh: '职工大额医疗费用补助基金支出', en: 'Employees large amount aid' },
  hifdm_pay: { zh: '伤残人员医疗保障基金支出', en: 'Disabled persons medical fund' },
  maf_pay: { zh: '医疗救助基金支出', en: 'Medical assistance fund' },
  oth_pay: { zh: '其他支出', en: 'Other payers' },
};

const zh = {
  title: '医保费用结算单',
  refunded: '（已退）',
  number: '结算单号',
  time: '时间',
  terminal: '终端号',
  institution: '机构编号',
  regions: '参保地/就医地',
  ownPay: '全自费',
  overLimit: '超限价',
  priorSelfPay: '先行自付',
  inScope: '符合政策范围',
  deductible: '其中起付线',
  total: '费用总额',
  fundTotal: '基金支付总额',
  accountPay: '个人账户支付',
  bankPay: '银行卡支付',
  cashPay: '现金支付',
  balance: '个人账户余额',
  bankNumber: '银行参考号',
  bankTrace: '银行流水号',
  authCode: '授权码',
  explanation: '费用说明',
  signature: '持卡人签字：',
  unknownTitle: '结果未知',
  unknownAdvice: '请勿重复收款！系统正在核实，稍后请按请求号查询结果。',
  declinedTitle: '未结算 未扣款',
  requestKey: '请求号',
  amount: '金额',
  code: '代码',
  unit: '元',
};

const en: { readonly [Word in keyof typeof zh]: string } = {
  title: 'SETTLEMENT RECEIPT',
  refunded: '(refunded)',
  number: 'Settlement no.',
  time: 'Time',
  terminal: 'Terminal',
  institution: 'Institution',
  regions: 'Insured in / served in',
  ownPay: 'Own-pay',
  overLimit: 'Over limit',
  priorSelfPay: 'Prior self-pay',
  inScope: 'In scope',
  deductible: 'of which deductible',
  total: 'Total',
  fundTotal: 'Paid by funds',
  accountPay: 'Personal account',
  bankPay: 'Bank card',
  cashPay: 'Cash',
  balance: 'Account balance',
  bankNumber: 'Bank reference',
  bankTrace: 'Bank trace',
  authCode: 'Authorisation',
  explanation: 'Explanation',
  signature: 'Signature:',
  unknownTitle: 'OUTCOME UNKNOWN',
  unknownAdvice:
    'Do NOT collect again. The engine is finding out; enquire by request key in a moment.',
  declinedTitle: 'NOT SETTLED, NOTHING CHARGED',
  requestKey: 'Request key',
  amount: 'Amount',
  code: 'Code',
  unit: ' CNY',
};

export type Labels = { readonly [Word in keyof typeof zh]: string };

export const labels: { readonly [L in Language]: Labels } = { zh, en };
