/**
 * Stage 1: each line by itself. Full own-pay, then what lies over the price limit, then the prior
 * self-pay on the rest (rounded on the line); in scope is the complement and is never rounded by
 * itself.
 */
import { invariant } from '../../engine/domain/errors/result.ts';
import { type Fen, minFen, ZERO } from '../../engine/domain/money/fen.ts';
import type { PricedLine } from '../model/bill.ts';
import type { Pack, Rule } from '../model/pack.ts';
import type { LineSplit, SplitStep } from '../model/split.ts';
import { divideRounded } from './round.ts';

/** `selfPayE4` of an item that the insurance never pays: 10000 ten-thousandths. */
const ALL_OWN_PAY_E4 = 10_000;
/** price in 10^-6 yuan × quantity in 10^-4 = 10^-10 yuan; a fen is 10^-2 yuan. */
const E10_PER_FEN = 100_000_000n;

export type LineTotals = {
  readonly total: Fen;
  /** Full own-pay of items without an insurance code; a part of `fullOwnPay`. */
  readonly noCode: Fen;
  readonly fullOwnPay: Fen;
  readonly overLimit: Fen;
  readonly priorSelfPay: Fen;
  readonly inScope: Fen;
  readonly lines: readonly LineSplit[];
};

/** 0.05 as 500 ten-thousandths → "5%". */
function percentText(e4: number): string {
  return `${e4 / 100}%`;
}

function overLimitOf(line: PricedLine, pack: Pack): Fen {
  const limit = line.priceLimitE6;
  if (limit === undefined || line.priceE6 <= limit) return ZERO;
  const excess = (line.priceE6 - limit) * line.quantityE4;
  const over = divideRounded(excess, E10_PER_FEN, pack.rounding.mode);
  return minFen(over as Fen, line.amount);
}

function splitLine(pack: Pack, line: PricedLine, steps: SplitStep[]): LineSplit {
  const { lineNo, amount, selfPayE4 } = line;
  invariant(amount >= 0n, `line ${lineNo}: amount below zero`);
  const isRatio = selfPayE4 >= 0 && selfPayE4 <= ALL_OWN_PAY_E4;
  invariant(isRatio, `line ${lineNo}: own-pay ratio ${selfPayE4}`);
  const whole = { lineNo, base: amount };
  if (line.code === undefined || selfPayE4 === ALL_OWN_PAY_E4) {
    const rule = line.code === undefined ? pack.lines.noCode : pack.lines.fullOwnPay;
    steps.push(lineStep(rule, { ...whole, stage: 'full-own-pay', amount }));
    const none = { overLimit: ZERO, priorSelfPay: ZERO, inScope: ZERO };
    return { lineNo, amount, fullOwnPay: amount, ...none };
  }
  const overLimit = overLimitOf(line, pack);
  if (overLimit > 0n) {
    steps.push(
      lineStep(pack.lines.overLimit, { ...whole, stage: 'over-limit', amount: overLimit }),
    );
  }
  const rest = (amount - overLimit) as Fen;
  let priorSelfPay = ZERO;
  if (selfPayE4 > 0) {
    priorSelfPay = divideRounded(rest * BigInt(selfPayE4), 10_000n, pack.rounding.mode) as Fen;
    const part = { lineNo, base: rest, stage: 'prior-self-pay', amount: priorSelfPay };
    steps.push({ ...lineStep(pack.lines.priorSelfPay, part), ratio: percentText(selfPayE4) });
  }
  const inScope = (rest - priorSelfPay) as Fen;
  steps.push(lineStep(pack.lines.inScope, { ...whole, stage: 'in-scope', amount: inScope }));
  return { lineNo, amount, fullOwnPay: ZERO, overLimit, priorSelfPay, inScope };
}

type LinePart = Pick<SplitStep, 'stage' | 'base' | 'amount'> & { readonly lineNo: string };

function lineStep(
  { id, source, zh, en }: Rule,
  { stage, lineNo, base, amount }: LinePart,
): SplitStep {
  return { stage, lineNo, payer: stage, base, amount, rule: id, source, zh, en };
}

/** Splits every line and sums each part. Appends one step for each part of each line. */
export function splitLines(
  pack: Pack,
  lines: readonly PricedLine[],
  steps: SplitStep[],
): LineTotals {
  const splits: LineSplit[] = [];
  let total = 0n;
  let noCode = 0n;
  let fullOwnPay = 0n;
  let overLimit = 0n;
  let priorSelfPay = 0n;
  let inScope = 0n;
  for (const line of lines) {
    const split = splitLine(pack, line, steps);
    splits.push(split);
    total += split.amount;
    if (line.code === undefined) noCode += split.amount;
    fullOwnPay += split.fullOwnPay;
    overLimit += split.overLimit;
    priorSelfPay += split.priorSelfPay;
    inScope += split.inScope;
  }
  return {
    total: total as Fen,
    noCode: noCode as Fen,
    fullOwnPay: fullOwnPay as Fen,
    overLimit: overLimit as Fen,
    priorSelfPay: priorSelfPay as Fen,
    inScope: inScope as Fen,
    lines: splits,
  };
}
