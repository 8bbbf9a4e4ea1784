import { type Static, Type } from 'typebox';

import { LINES_MAX, LineNo } from './bill.ts';
import { NationalAmountsBack } from './split.ts';
import {
  Bilingual,
  closed,
  list,
  Money,
  oneOf,
  RequestKeyText,
  SettlementStateText,
  SignedMoney,
  Text,
} from './values.ts';

export const RefundRequest = closed({
  requestKey: RequestKeyText,
  /** Absent: all lines that are not refunded yet. */
  lines: Type.Optional(list(LineNo, { minItems: 1, maxItems: LINES_MAX })),
});
export type RefundRequest = Static<typeof RefundRequest>;

export const RefundAmounts = closed({
  total: Money,
  fundTotal: Money,
  otherTotal: Money,
  accountPay: Money,
  patientPay: Money,
  bankPay: Money,
  cashPay: Money,
  /** Goes to what the person still owed for the settlement; absent: nothing. */
  claimPay: Type.Optional(Money),
});

export const LaterBill = closed({
  settlementId: Text,
  businessDate: Text,
  effect: oneOf('stands', 'corrected'),
  /** What the person owes the insurer more for it; below zero: is owed. With `corrected` only. */
  claim: Type.Optional(SignedMoney),
});

export const RefundDocument = closed({
  outcome: Type.Literal('approved'),
  settlementId: Text,
  refundNo: Type.Integer(),
  requestKey: Text,
  state: SettlementStateText,
  lines: list(Text),
  amounts: RefundAmounts,
  /** What goes back by the national names, negative. Absent in answers of earlier versions. */
  national: Type.Optional(NationalAmountsBack),
  accountBalance: Money,
  /** Later bills that were split on top of what went back and would have been paid otherwise; absent: none. */
  laterBills: Type.Optional(list(LaterBill, { minItems: 1 })),
  /** About the later bills, for the person. */
  notice: Type.Optional(Bilingual),
});
export type RefundDocument = Static<typeof RefundDocument>;

/** A refund in the document of its settlement. */
export const RefundSummary = closed({
  refundNo: Type.Integer(),
  state: oneOf('running', 'done', 'declined'),
  lines: list(Text),
  total: Money,
});
