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
  description: 'Made and stored by the terminal before it sends; scoped to terminal and card',
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

export const Bill = closed({
  careType: Type.Union([Type.Literal('11'), Type.Literal('41')], {
    description: '医疗类别: 11 outpatient, 41 pharmacy',
  }),
  serviceDate: Day,
  totalAmount: Money,
  lines: Type.Array(BillLine, { minItems: 1, maxItems: 200 }),
  diagnoses: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9A-Za-z.]{1,20}$' }), { maxItems: 20 }),
  ),
  prescriptionNo: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z_-]{1,40}$' })),
});

export const Amounts = closed({
  total: Money,
  fullOwnPay: Money,
  overLimit: Money,
  priorSelfPay: Money,
  inScope: Money,
  deductible: Money,
  fundTotal: Money,
  accountPay: Money,
  patientPay: Money,
  bankPay: Money,
  cashPay: Money,
});

export const FundShare = closed({ field: Text, fundType: Text, amount: Money });

export const ExplanationStep = closed({
  stage: Text,
  lineNo: Type.Optional(Text),
  payer: Text,
  base: Money,
  ratio: Type.Optional(Text),
  amount: Money,
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
