import { type Static, Type } from 'typebox';

import {
  Bilingual,
  Bill,
  Card,
  closed,
  hex,
  Money,
  RequestKeyText,
  splitMembers,
  Text,
} from '../../wire-schemas.ts';

const CashTender = closed({
  kind: Type.Literal('cash'),
  expected: Type.Optional(Money),
});

const BankDebitTender = closed({
  kind: Type.Literal('bank-debit'),
  expected: Money,
  pan: Type.String({ pattern: '^[0-9]{12,19}$' }),
  panSequence: Type.String({ pattern: '^[0-9]{2}$' }),
  expiry: Type.String({ pattern: '^[0-9]{2}(0[1-9]|1[0-2])$', description: 'YYMM' }),
  track2: Type.Optional(Type.String({ pattern: '^[0-9]{12,19}[=D][0-9]{1,24}$' })),
  pinBlock: hex(8),
  chipData: hex(1, 255),
  entryMode: Type.String({ pattern: '^[0-9]{3}$', examples: ['051'] }),
});

export const SettlementRequest = closed({
  requestKey: RequestKeyText,
  card: Card,
  chip: closed({
    challenge: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,256}$' }),
    cryptogram: hex(8),
  }),
  pin: closed({ block: hex(16) }),
  bill: Bill,
  useAccount: Type.Boolean(),
  tender: Type.Union([CashTender, BankDebitTender]),
});
export type SettlementRequest = Static<typeof SettlementRequest>;

export const RefundRequest = closed({
  requestKey: RequestKeyText,
  lines: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9A-Za-z_-]{1,30}$' }), { minItems: 1, maxItems: 200 }),
  ),
});
export type RefundRequest = Static<typeof RefundRequest>;

/**
 * Loose on purpose: an id that is not one of ours is answered "not found", not "not well formed".
 */
export const SettlementParams = closed({ id: Type.String({ maxLength: 64 }) });

export const FindQuery = closed({ requestKey: RequestKeyText });

const BankPart = closed({
  responseCode: Type.Union([Text, Type.Null()]),
  rrn: Type.Union([Text, Type.Null()]),
  authCode: Type.Union([Text, Type.Null()]),
  stan: Text,
  amount: Money,
  issuerAuthData: Type.Optional(Text),
});

const RefundAmounts = closed({
  total: Money,
  fundTotal: Money,
  otherTotal: Money,
  accountPay: Money,
  patientPay: Money,
  bankPay: Money,
  cashPay: Money,
});

export const RefundAnswer = closed({
  outcome: Type.Literal('approved'),
  settlementId: Text,
  refundNo: Type.Integer(),
  requestKey: Text,
  state: Text,
  lines: Type.Array(Text),
  amounts: RefundAmounts,
  accountBalance: Money,
});

const RefundSummary = closed({
  refundNo: Type.Integer(),
  state: Text,
  lines: Type.Array(Text),
  total: Money,
});

export const SettlementAnswer = closed({
  outcome: Type.Union([
    Type.Literal('approved'),
    Type.Literal('declined'),
    Type.Literal('unknown'),
  ]),
  settlementId: Text,
  requestKey: Text,
  state: Text,
  code: Type.Optional(Text),
  message: Type.Optional(Bilingual),
  cashier: Type.Optional(Bilingual),
  acceptedAt: Text,
  businessDate: Text,
  institution: Text,
  terminalId: Text,
  careType: Text,
  careRegion: Text,
  insuredRegion: Text,
  ...splitMembers,
  accountBalance: Money,
  bank: Type.Union([BankPart, Type.Null()]),
  refunds: Type.Array(RefundSummary),
});
/** The settlement document as a terminal reads it. */
export type SettlementAnswer = Static<typeof SettlementAnswer>;

export const FindAnswer = closed({
  /** By the engine's clock; from two of them a terminal knows how long the key has not been seen. */
  serverTime: Text,
  items: Type.Array(
    closed({
      requestKey: Text,
      state: Type.Union([Type.Literal('running'), Type.Literal('unknown'), Type.Literal('final')]),
      settlementId: Type.Union([Text, Type.Null()]),
      status: Type.Union([Type.Integer(), Type.Null()]),
      answer: Type.Union([Type.Object({}), Type.Null()]),
    }),
  ),
});
