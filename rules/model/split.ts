import type { Fen } from '../../engine/domain/money/fen.ts';

/**
 * The payers of national field names (接口规范 2102/2207 setlinfo); `accountPay` and the rest are not
 * funds.
 */
export type FundField =
  | 'hifp_pay'
  | 'cvlserv_pay'
  | 'hifes_pay'
  | 'hifmi_pay'
  | 'hifob_pay'
  | 'hifdm_pay'
  | 'maf_pay'
  | 'oth_pay';

/** One fund's share: `fundType` is 基金支付类型 `fund_pay_type` (310100, 330100 …). */
export type FundShare = {
  readonly field: FundField;
  readonly fundType: string;
  readonly amount: Fen;
};

export type LineSplit = {
  readonly lineNo: string;
  readonly amount: Fen;
  readonly fullOwnPay: Fen;
  readonly overLimit: Fen;
  readonly priorSelfPay: Fen;
  readonly inScope: Fen;
};

/**
 * One step of the explanation: which money moved from where to where, by which rule, and the source
 * of that rule. The steps' amounts rebuild the split: a test adds them up.
 */
export type SplitStep = {
  /**
   * Stable name of the stage: "full-own-pay", "over-limit", "prior-self-pay", "in-scope",
   * "deductible", "band", "cap", "supplement", "account", "patient".
   */
  readonly stage: string;
  /** Line number for per-line stages, else undefined. */
  readonly lineNo?: string;
  /** The payer's or bucket's name: a fund type, "account", "patient". */
  readonly payer: string;
  readonly base: Fen;
  /** Exact ratio as text ("70%", "1/2"), when one was applied. */
  readonly ratio?: string;
  readonly amount: Fen;
  /** Id of the pack's rule and where that rule comes from (notice, clause). */
  readonly rule: string;
  readonly source: string;
  readonly zh: string;
  readonly en: string;
};

/**
 * Who pays what. Always: total = fullOwnPay + overLimit + priorSelfPay + inScope, and
 * total = fundTotal + accountPay + patientPay. Everything is ≥ 0.
 */
export type Split = {
  readonly packId: string;
  readonly total: Fen;
  readonly fullOwnPay: Fen;
  readonly overLimit: Fen;
  readonly priorSelfPay: Fen;
  readonly inScope: Fen;
  /** 实际支付起付线 `act_pay_dedc`: in-scope money consumed by the deductible in this settlement. */
  readonly deductible: Fen;
  readonly funds: readonly FundShare[];
  readonly fundTotal: Fen;
  readonly accountPay: Fen;
  /** `psn_cash_pay`: what is left for the patient to pay by bank debit or cash. */
  readonly patientPay: Fen;
  readonly lines: readonly LineSplit[];
  /** Amounts to add to the yearly accumulators by name. Negated by a refund. */
  readonly accumulatorChanges: ReadonlyMap<string, Fen>;
  readonly steps: readonly SplitStep[];
};
