/** The split of a bill in quotes and settlements. */
import { type Static, Type } from 'typebox';

import { Bilingual, closed, list, Money, orNull, SignedMoney, Text } from './values.ts';

export const PolicyPart = closed(
  {
    packId: Text,
    name: Bilingual,
    unverified: Type.Integer({
      minimum: 0,
      description: 'How many values of the pack rest on sources that are not official',
    }),
    /** Null: every value rests on an official source. */
    notice: orNull(Bilingual),
  },
  'The policy pack that split the bill',
);

const amountsOf = (amount: typeof Money) => ({
  total: amount,
  fullOwnPay: amount,
  overLimit: amount,
  priorSelfPay: amount,
  inScope: amount,
  deductible: amount,
  fundTotal: amount,
  /** Payers outside the funds' total: the hospital's part and others. */
  otherTotal: amount,
  accountPay: amount,
  patientPay: amount,
  bankPay: amount,
  cashPay: amount,
});

export const Amounts = closed(amountsOf(Money));

const nationalNames = [
  ...(['medfee_sumamt', 'fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt'] as const),
  ...(['inscp_scp_amt', 'act_pay_dedc', 'hifp_pay', 'cvlserv_pay', 'hifes_pay'] as const),
  ...(['hifmi_pay', 'hifob_pay', 'hifdm_pay', 'maf_pay', 'oth_pay', 'hosp_part_amt'] as const),
  ...(['ownpay_hosp_part'] as const),
  ...(['fund_pay_sumamt', 'acct_pay', 'acct_mulaid_pay', 'psn_cash_pay', 'psn_part_amt'] as const),
];

const nationalOf = (amount: typeof Money) =>
  Object.fromEntries(nationalNames.map((name) => [name, amount])) as Record<
    (typeof nationalNames)[number],
    typeof Money
  >;

/** The amounts by their names in the national interface. */
export const NationalAmounts = closed(
  nationalOf(Money),
  'setlinfo of 2102, 2207 and 2304; medfee_sumamt is the sum of all payers',
);

/** What goes back, by the same names. */
export const NationalAmountsBack = closed(
  nationalOf(SignedMoney),
  'setlinfo of 2103, 2208 and 2305: every amount negative',
);

export const FundShare = closed({
  field: Text,
  fundType: Text,
  amount: Money,
  counted: Type.Boolean({ description: 'Part of fundTotal (fund_pay_sumamt), else of otherTotal' }),
});

/** What the refunds that are done have taken back: amounts positive, national fields negative. */
export const RefundedSums = closed({
  amounts: closed({
    ...amountsOf(SignedMoney),
    /** The part of `patientPay` that went to what the person owed for the settlement; absent: nothing. */
    claimPay: Type.Optional(Money),
  }),
  national: NationalAmountsBack,
  funds: list(FundShare),
});

/** What stands after refunds and corrections. */
export const NetSums = closed({
  amounts: closed({
    ...amountsOf(Money),
    /**
     * The part of `patientPay` that is a claim: owed to the insurer, not paid at the counter. Below zero:
     * paid there, and owed by the insurer. Absent: none.
     */
    claimPay: Type.Optional(SignedMoney),
  }),
  national: NationalAmounts,
  funds: list(FundShare),
});

export const LineShare = closed({
  lineNo: Text,
  code: orNull(Text),
  name: Text,
  amount: Money,
  fullOwnPay: Money,
  overLimit: Money,
  priorSelfPay: Money,
  inScope: Money,
  refunded: Type.Optional(Type.Boolean()),
});
export type LineShare = Static<typeof LineShare>;

/** A finding of the bill review that did not refuse the bill. */
export const Warning = closed({
  check: Text,
  lineNos: list(Text),
  zh: Type.String(),
  en: Type.String(),
  source: Type.String(),
});

export const ExplanationStep = closed({
  stage: Text,
  /** Absent: the step concerns the whole bill. */
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

/** An allowance or a grant. */
const Benefit = closed(
  { rule: Text, amount: Money, source: Type.String(), zh: Type.String(), en: Type.String() },
  'Paid to the person by the agency beside the bill; no part of its amounts',
);

/** Members that a quote and a settlement have in common. */
export const splitMembers = {
  policy: PolicyPart,
  amounts: Amounts,
  national: NationalAmounts,
  /** Difference between the total and the printed figures, in regions that round every party's amount. */
  imbalance: SignedMoney,
  funds: list(FundShare),
  lines: list(LineShare),
  warnings: list(Warning),
  explanation: list(ExplanationStep),
  /** Absent where the pack has none. */
  benefits: Type.Optional(list(Benefit)),
};
