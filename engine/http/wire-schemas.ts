/**
 * Schema parts that several surfaces share. All objects are closed; nothing is coerced or
 * defaulted.
 */
import { type TProperties, Type } from 'typebox';

/** An object that refuses unknown members. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  description?: string,
) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** Yuan with exactly two decimals. */
export const Money = Type.String({
  pattern: '^(0|[1-9][0-9]{0,11})\\.[0-9]{2}$',
  examples: ['12.34'],
  description: 'Yuan as decimal text, two decimals, no sign',
});

export const Day = Type.String({
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  examples: ['2026-11-22'],
});

export const Text = Type.String({ maxLength: 500 });

export const RequestKeyText = Type.String({
  pattern: '^[A-Za-z0-9_-]{16,40}$',
  description:
    'Made and stored by the terminal before it sends; scoped to terminal and card; never used again for ' +
    'another request, however long ago',
});

export function hex(bytesMin: number, bytesMax: number = bytesMin) {
  return Type.String({ pattern: `^([0-9A-Fa-f]{2}){${bytesMin},${bytesMax}}$` });
}

export const CardIdText = Type.String({
  pattern: '^[0-9A-F]{32}$',
  description: '卡识别码 of EF05 record 01',
});

export const Card = closed(
  {
    cardId: CardIdText,
    cardNumber: Type.String({ pattern: '^[0-9A-Za-z]{1,32}$', examples: ['A12345678'] }),
    cardClass: Type.String({ pattern: '^[0-9A-Za-z]{1,2}$', examples: ['1'] }),
    specVersion: Type.String({ pattern: '^[0-9]\\.[0-9]{2}$', examples: ['3.00'] }),
    issuedOn: Day,
    expiresOn: Type.Union([Day, Type.Null()]),
  },
  'What the terminal read from EF05 of the card in the slot',
);

const BillLine = closed({
  lineNo: Type.String({ pattern: '^[0-9A-Za-z_-]{1,30}$' }),
  code: Type.Union([Type.String({ pattern: '^[0-9A-Za-z._-]{1,50}$' }), Type.Null()]),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  quantity: Type.String({ pattern: '^(0|[1-9][0-9]{0,7})(\\.[0-9]{1,4})?$', examples: ['1'] }),
  unitPrice: Type.String({ pattern: '^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,6})?$', examples: ['13.55'] }),
  amount: Money,
});

const DiseaseCode = Type.String({ pattern: '^[0-9A-Za-z.]{1,20}$', examples: ['M01600'] });

export const Bill = closed({
  careType: Type.String({
    pattern: '^(11|41|14[0-9]{0,4})$',
    description:
      '医疗类别 med_type: 11 outpatient, 41 pharmacy, 14… outpatient care of a chronic or special ' +
      'disease (门诊慢特病)',
  }),
  serviceDate: Day,
  totalAmount: Money,
  lines: Type.Array(BillLine, { minItems: 1, maxItems: 200 }),
  diseases: Type.Optional(
    Type.Array(DiseaseCode, {
      maxItems: 20,
      description: '病种 dise_codg of a chronic or special disease; the first is the one treated',
    }),
  ),
  diagnoses: Type.Optional(
    Type.Array(DiseaseCode, { maxItems: 20, description: 'Diagnosis codes, the main one first' }),
  ),
  prescriptionNo: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z_-]{1,40}$' })),
});

export const Policy = closed(
  {
    packId: Text,
    name: closed({ zh: Type.String(), en: Type.String() }),
    unverified: Type.Integer({
      minimum: 0,
      description: 'How many values of the pack rest on sources that are not official',
    }),
    notice: Type.Union([closed({ zh: Type.String(), en: Type.String() }), Type.Null()]),
  },
  'The policy pack that split the bill',
);

const nationalNames = [
  ...(['medfee_sumamt', 'fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt'] as const),
  ...(['inscp_scp_amt', 'act_pay_dedc', 'hifp_pay', 'cvlserv_pay', 'hifes_pay'] as const),
  ...(['hifmi_pay', 'hifob_pay', 'hifdm_pay', 'maf_pay', 'oth_pay', 'hosp_part_amt'] as const),
  ...(['fund_pay_sumamt', 'acct_pay', 'acct_mulaid_pay', 'psn_cash_pay', 'psn_part_amt'] as const),
];

/** The same amounts by their names in the national interface. */
export const NationalAmounts = closed(
  Object.fromEntries(nationalNames.map((name) => [name, Money])) as Record<
    (typeof nationalNames)[number],
    typeof Money
  >,
  'setlinfo of 2102, 2207 and 2304; medfee_sumamt is the sum of all payers',
);

export const SignedMoney = Type.String({
  pattern: '^-?(0|[1-9][0-9]{0,11})\\.[0-9]{2}$',
  examples: ['0.00', '-0.01'],
});

/** What the checks of a bill found and let pass. */
export const BillWarning = closed({
  check: Text,
  lineNos: Type.Array(Text),
  zh: Type.String(),
  en: Type.String(),
  source: Type.String(),
});

export const Amounts = closed({
  total: Money,
  fullOwnPay: Money,
  overLimit: Money,
  priorSelfPay: Money,
  inScope: Money,
  deductible: Money,
  fundTotal: Money,
  otherTotal: Money,
  accountPay: Money,
  patientPay: Money,
  bankPay: Money,
  cashPay: Money,
});

export const FundShare = closed({
  field: Text,
  fundType: Text,
  amount: Money,
  counted: Type.Boolean({ description: 'Part of fundTotal (fund_pay_sumamt), else of otherTotal' }),
});

export const ExplanationStep = closed({
  stage: Text,
  lineNo: Type.Optional(Text),
  payer: Text,
  base: Money,
  ratio: Type.Optional(Text),
  amount: Money,
  printedSelfPay: Type.Optional(Money),
  rule: Text,
  source: Type.String(),
  zh: Type.String(),
  en: Type.String(),
});

export const LineShare = closed({
  lineNo: Text,
  code: Type.Union([Text, Type.Null()]),
  name: Text,
  amount: Money,
  fullOwnPay: Money,
  overLimit: Money,
  priorSelfPay: Money,
  inScope: Money,
  refunded: Type.Optional(Type.Boolean()),
});

/** What a quote and a settlement say of a split. */
export const splitMembers = {
  policy: Policy,
  amounts: Amounts,
  national: NationalAmounts,
  imbalance: SignedMoney,
  funds: Type.Array(FundShare),
  lines: Type.Array(LineShare),
  warnings: Type.Array(BillWarning),
  explanation: Type.Array(ExplanationStep),
};

export const Bilingual = closed({ zh: Type.String(), en: Type.String() });

export const Problem = closed(
  {
    type: Text,
    title: Text,
    status: Type.Integer(),
    code: Text,
    moneyEffect: Type.Union(['none', 'moved', 'unknown'].map((word) => Type.Literal(word))),
    retry: Type.Union(
      ['never', 'same-key', 'new-key', 'after-enquiry'].map((word) => Type.Literal(word)),
    ),
    requestKey: Type.Optional(Text),
    settlementId: Type.Optional(Text),
    detail: Type.Optional(Text),
    serverTime: Type.Optional(Text),
    message: Bilingual,
    cashier: Bilingual,
  },
  'RFC 9457 problem; the codes are listed in errors.md',
);

/** A refusal with any status, as OpenAPI says it. */
export const ProblemResponse = {
  description: 'Refused, or (moneyEffect unknown) to be enquired',
  content: { 'application/problem+json': { schema: Problem } },
};

/** An outcome that is not known yet: the engine enquires and reverses by itself. */
export const UnknownAnswer = closed({
  outcome: Type.Literal('unknown'),
  settlementId: Text,
  requestKey: Text,
  state: Text,
  code: Text,
  message: Bilingual,
  cashier: Bilingual,
  enquiry: Text,
  retryAfterSeconds: Type.Integer(),
});
