import { type Static, Type } from 'typebox';

import { closed, Money, SignedMoney, Text } from './values.ts';

const Amounts = closed({
  total: Money,
  fundTotal: Money,
  otherTotal: Money,
  accountPay: Money,
  patientPay: Money,
});

/** A later bill that was split anew because an earlier one of its year went back. */
export const CorrectionPart = closed({
  correctionNo: Type.Integer(),
  /** The settlement that went back, and the number of its refund. */
  causedBy: Text,
  refundNo: Type.Integer(),
  at: Text,
  /** Of the lines that remained. */
  before: Amounts,
  after: Amounts,
  /** What the person owes the insurer more by it; below zero: less. */
  claim: SignedMoney,
});
export type CorrectionPart = Static<typeof CorrectionPart>;

/** What the person owes the insurer for a corrected settlement; below zero: is owed. */
export const ClaimPart = closed({ owed: SignedMoney, paid: SignedMoney, open: SignedMoney });
