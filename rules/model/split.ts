import type { Fen } from '../../engine/base/money/fen.ts';
import type { FundField } from './pack-file-payers.ts';

/**
 * The share of one payer other than accounts and patient: `field` is its national name (接口规范
 * 2102/2207 setlinfo), `fundType` 基金支付类型 `fund_pay_type` (310100, 330100 …).
 */
export type FundShare = {
  readonly field: FundField;
  readonly fundType: string;
  readonly amount: Fen;
  /** Part of 基金支付总额 `fund_pay_sumamt`; the hospital's part never is (`isHospitalPart`). */
  readonly counted: boolean;
};

export type LineSplit = {
  readonly lineNo: string;
  readonly amount: Fen;
  readonly fullOwnPay: Fen;
  readonly overLimit: Fen;
  readonly priorSelfPay: Fen;
  readonly inScope: Fen;
};

/** A sum paid to the person beside any bill: an allowance or a grant, in fen. `rule`: its id. */
export type Benefit = Pick<SplitStep, 'rule' | 'source' | 'zh' | 'en' | 'amount'>;

/** Stages of a split, in the order in which they run. */
export type Stage =
  | 'full-own-pay'
  | 'over-limit'
  | 'prior-self-pay'
  | 'in-scope'
  | 'account-first'
  | 'out-of-area'
  | 'waiver'
  | 'deductible'
  | 'no-choice'
  | 'modifier'
  | 'threshold'
  | 'band'
  | 'cap'
  | 'guarantee'
  | 'account'
  | 'account-limit'
  | 'family'
  | 'patient';

/**
 * One step of the explanation: the money moved, the rule, and the source of the rule. The amounts
 * of the steps that move money (all but in-scope, waiver, no-choice, modifier, threshold,
 * cap and account-limit) add up to the split; a test checks it.
 */
export type SplitStep = {
  readonly stage: Stage;
  /** Line number for per-line stages, else undefined. */
  readonly lineNo?: string;
  /** The payer's or bucket's name: a fund type, "account", "patient". */
  readonly payer: string;
  readonly base: Fen;
  /** Exact ratio as text ("70%", "1/2"), when one was applied. */
  readonly ratio?: string;
  readonly amount: Fen;
  /**
   * The person's share as printed in regions that round every party by itself; it differs from base
   * less amount by at most a fen. Absent where it is the complement.
   */
  readonly printedSelfPay?: Fen;
  /** Id of the pack's rule and where that rule comes from (notice, clause). */
  readonly rule: string;
  readonly source: string;
  readonly zh: string;
  readonly en: string;
};

/**
 * Who pays what. Always: total = fullOwnPay + overLimit + priorSelfPay + inScope, and
 * total = fundTotal + otherTotal + accountPay + familyPay + patientPay. Everything is ≥ 0.
 */
export type Split = {
  readonly packId: string;
  readonly total: Fen;
  /** `fulamt_ownpay_amt` */
  readonly fullOwnPay: Fen;
  /** `overlmt_selfpay` */
  readonly overLimit: Fen;
  /** `preselfpay_amt` */
  readonly priorSelfPay: Fen;
  /** `inscp_scp_amt` */
  readonly inScope: Fen;
  /** 实际支付起付线 `act_pay_dedc`: in-scope money consumed by the deductible in this settlement. */
  readonly deductible: Fen;
  readonly funds: readonly FundShare[];
  /** 基金支付总额 `fund_pay_sumamt`: the counted shares. */
  readonly fundTotal: Fen;
  /** Shares outside `fund_pay_sumamt`: the hospital's part and others. */
  readonly otherTotal: Fen;
  /** 个人账户支出 `acct_pay` */
  readonly accountPay: Fen;
  /** 个人账户共济支付金额 `acct_mulaid_pay` */
  readonly familyPay: Fen;
  /** 个人现金支出 `psn_cash_pay`: paid by the patient, by bank debit or cash. */
  readonly patientPay: Fen;
  /**
   * Printed shares less the money itself, in fen: may differ from zero where a region rounds every
   * party by itself (see `SplitStep.printedSelfPay`). It moves no money: the split above always
   * adds up.
   */
  readonly imbalance: bigint;
  readonly lines: readonly LineSplit[];
  /** Amounts to add to the running totals by name. Negated by a refund. */
  readonly accumulatorChanges: ReadonlyMap<string, Fen>;
  /** Empty unless an explanation was asked for. */
  readonly steps: readonly SplitStep[];
  /**
   * Allowances and grants beside the bill; absent where the pack has none. They are no part of the total:
   * an agency pays them to the person.
   */
  readonly benefits?: readonly Benefit[];
};

/** The amounts of a split that documents name, or of a difference between two splits. */
export type SplitAmounts = Pick<
  Split,
  | 'total'
  | 'fullOwnPay'
  | 'overLimit'
  | 'priorSelfPay'
  | 'inScope'
  | 'deductible'
  | 'funds'
  | 'fundTotal'
  | 'otherTotal'
  | 'accountPay'
  | 'familyPay'
  | 'patientPay'
>;
