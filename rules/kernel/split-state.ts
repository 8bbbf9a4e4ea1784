/** The state of one bill between stages: the money not yet paid, and what was decided so far. */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Rule } from '../model/pack.ts';
import type { Bucket } from '../model/pack-file-payers.ts';
import type { FundShare, SplitStep, Stage } from '../model/split.ts';
import type { Fraction } from './fraction.ts';

/** Unpaid money of one bill by bucket, in fen. */
export type Unpaid = Record<Bucket, Fen>;

export type SplitState = {
  readonly input: SplitInput;
  /** The day that decides the benefit year and the periods of running totals. */
  readonly day: string;
  /** Number of this admission in the benefit year, from 1. */
  readonly admission: number;
  /** undefined: no explanation was asked for. */
  readonly steps: SplitStep[] | undefined;
  readonly unpaid: Unpaid;
  total: Fen;
  inScope: Fen;
  /** In-scope money that the deductible took. */
  deductible: Fen;
  /** Other money that counts towards the deductible. */
  filledByOthers: Fen;
  /** In-scope money after account-first, out-of-area self-pay and deductible. */
  afterDeductible: Fen;
  accountFirst: Fen;
  /** Unrounded money beyond the cap of the last capped payer, when the pack chains exactly. */
  unroundedAboveCap: Fraction | undefined;
  imbalance: bigint;
  readonly funds: FundShare[];
  /** In-scope money of this bill already added to the totals of caps, by name of the total. */
  readonly countedByCaps: Map<string, Fen>;
  readonly changes: Map<string, Fen>;
};

/** The running total of the year (month, …) before this bill, in fen. */
export function totalBefore(state: SplitState, key: string): Fen {
  return state.input.accumulators.get(key) ?? ZERO;
}

/** The running total including what this bill has added so far, in fen. */
export function totalNow(state: SplitState, key: string): Fen {
  const added = state.changes.get(key);
  const stored = state.input.accumulators.get(key) ?? ZERO;
  return added === undefined ? stored : ((stored + added) as Fen);
}

/** Adds to what this bill changes of a running total, in fen. */
export function addToTotal(state: SplitState, key: string, amount: Fen): void {
  if (amount === 0n) return;
  state.changes.set(key, ((state.changes.get(key) ?? 0n) + amount) as Fen);
}

/** Takes up to `amount` out of the buckets in the given order; returns the fen taken. */
export function takeFrom(unpaid: Unpaid, buckets: readonly Bucket[], amount: Fen): Fen {
  let left = amount;
  for (const bucket of buckets) {
    const taken = minFen(left, unpaid[bucket]);
    if (taken === 0n) continue;
    unpaid[bucket] = (unpaid[bucket] - taken) as Fen;
    left = (left - taken) as Fen;
  }
  return (amount - left) as Fen;
}

type Money = Omit<SplitStep, 'stage' | 'rule' | 'source' | 'zh' | 'en'>;

/** Adds a step to the explanation, if one was asked for. */
export function recordStep(state: SplitState, stage: Stage, rule: Rule, money: Money): void {
  if (state.steps === undefined) return;
  const { payer, base, ratio, amount, printedSelfPay } = money;
  const { id, source, zh, en } = rule;
  // Three literals instead of a spread, which copies slowly: every step is made here.
  if (ratio === undefined)
    state.steps.push({ stage, payer, base, amount, rule: id, source, zh, en });
  else if (printedSelfPay === undefined)
    state.steps.push({ stage, payer, base, ratio, amount, rule: id, source, zh, en });
  else
    state.steps.push({
      stage,
      payer,
      base,
      ratio,
      amount,
      printedSelfPay,
      rule: id,
      source,
      zh,
      en,
    });
}
