/** One bill on its way through the stages: the money that nobody has paid yet, and what was decided. */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Rule } from '../model/pack.ts';
import type { Bucket } from '../model/pack-file-payers.ts';
import type { FundShare, SplitStep, Stage } from '../model/split.ts';
import type { Fraction } from './fraction.ts';

/** Money of one bill by where it stands, in fen. */
export type Unpaid = Record<Bucket, Fen>;

export type SplitState = {
  readonly input: SplitInput;
  /** The day that counters and the benefit year go by. */
  readonly day: string;
  /** Number of this admission in the benefit year, from 1. */
  readonly admission: number;
  /** undefined: no explanation wanted, and none is built. */
  readonly steps: SplitStep[] | undefined;
  readonly unpaid: Unpaid;
  total: Fen;
  inScope: Fen;
  /** In-scope money that the deductible took. */
  deductible: Fen;
  /** Other money that filled the deductible too. */
  filled: Fen;
  /** In-scope money after account-first, out-of-area self-pay and deductible. */
  afterDeductible: Fen;
  accountFirst: Fen;
  /** Money beyond the cap of the last capped payer, exactly, when the pack chains exactly. */
  exactAboveCap: Fraction | undefined;
  imbalance: bigint;
  readonly funds: FundShare[];
  /** In-scope money of this bill that caps on it have counted, by the name of their total. */
  readonly looked: Map<string, Fen>;
  readonly changes: Map<string, Fen>;
};

/** What the year (month, …) holds under this name before the bill, in fen. */
export function before(state: SplitState, key: string): Fen {
  return state.input.accumulators.get(key) ?? ZERO;
}

/** As `before`, with what this bill has already added. */
export function current(state: SplitState, key: string): Fen {
  const added = state.changes.get(key);
  const stored = state.input.accumulators.get(key) ?? ZERO;
  return added === undefined ? stored : ((stored + added) as Fen);
}

export function addTo(state: SplitState, key: string, amount: Fen): void {
  if (amount === 0n) return;
  state.changes.set(key, ((state.changes.get(key) ?? 0n) + amount) as Fen);
}

/** Takes up to `amount` out of the buckets in the given order; returns what was taken, in fen. */
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

/** Adds a step of the explanation, when one is wanted. */
export function recordStep(state: SplitState, stage: Stage, rule: Rule, money: Money): void {
  if (state.steps === undefined) return;
  const { payer, base, ratio, amount, printedSelfPay } = money;
  const { id, source, zh, en } = rule;
  // Fields by name, three shapes: a spread copies slowly, and every step of a bill goes through here.
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
