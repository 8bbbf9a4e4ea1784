import { type Static, Type } from 'typebox';

import { LINES_MAX, LineNo } from './bill.ts';
import { closed, list, Money, RequestKeyText, Text } from './values.ts';

export const RefundRequest = closed({
  requestKey: RequestKeyText,
  /** Absent: all lines that are not refunded yet. */
  lines: Type.Optional(list(LineNo, { minItems: 1, maxItems: LINES_MAX })),
});
export type RefundRequest = Static<typeof RefundRequest>;

const RefundAmounts = closed({
  total: Money,
  fundTotal: Money,
  otherTotal: Money,
  accountPay: Money,
  patientPay: Money,
  bankPay: Money,
  cashPay: Money,
});

export const RefundDocument = closed({
  outcome: Type.Literal('approved'),
  settlementId: Text,
  refundNo: Type.Integer(),
  requestKey: Text,
  state: Text,
  lines: list(Text),
  amounts: RefundAmounts,
  accountBalance: Money,
});
export type RefundDocument = Static<typeof RefundDocument>;

/** A refund in the document of its settlement. */
export const RefundSummary = closed({
  refundNo: Type.Integer(),
  state: Text,
  lines: list(Text),
  total: Money,
});
