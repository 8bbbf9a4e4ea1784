/**
 * Stage 1: each line by itself. Full own-pay, then the part over the price limit, then prior
 * self-pay on the rest, rounded per line; in scope is the complement and is not rounded itself.
 */
import { invariant } from '../../engine/base/errors/result.ts';
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { PricedLine } from '../model/bill.ts';
import type { Rule } from '../model/pack.ts';
import type { LineSplit, SplitStep, Stage } from '../model/split.ts';
import type { CompileContext } from './compile-context.ts';
import { sourceText } from './compile-context.ts';
import { divideRounded, type RoundingMode } from './fraction.ts';

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

export type SplitLines = (
  lines: readonly PricedLine[],
  steps: SplitStep[] | undefined,
) => LineTotals;

type LineRules = {
  readonly mode: RoundingMode;
  readonly noCode: Rule;
  readonly fullOwnPay: Rule;
  readonly overLimit: Rule;
  readonly priorSelfPay: Rule;
  readonly inScope: Rule;
};

/** Compiles the line split: splits every line, sums each part, and records a step for each part. */
export function compileLines(context: CompileContext): SplitLines {
  const rules = lineRules(context);
  return (lines, steps) => {
    const splits: LineSplit[] = [];
    let total = 0n;
    let noCode = 0n;
    let fullOwnPay = 0n;
    let overLimit = 0n;
    let priorSelfPay = 0n;
    let inScope = 0n;
    for (const line of lines) {
      const split = splitLine(rules, line);
      splits.push(split);
      if (steps !== undefined) recordLine(rules, line, split, steps);
      total += split.amount;
      inScope += split.inScope;
      if (split.inScope === split.amount) continue;
      if (line.code === undefined) noCode += split.amount;
      fullOwnPay += split.fullOwnPay;
      overLimit += split.overLimit;
      priorSelfPay += split.priorSelfPay;
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
  };
}

function splitLine({ mode }: LineRules, line: PricedLine): LineSplit {
  const { lineNo, amount, selfPayE4 } = line;
  // Texts are built only for a breach: built for every line they take 7 % of a split.
  if (amount < 0n) invariant(false, `line ${lineNo}: amount below zero`);
  const isRatio = selfPayE4 >= 0 && selfPayE4 <= ALL_OWN_PAY_E4;
  if (!isRatio) invariant(false, `line ${lineNo}: own-pay ratio ${selfPayE4}`);
  if (isAllOwnPay(line)) {
    return {
      lineNo,
      amount,
      fullOwnPay: amount,
      overLimit: ZERO,
      priorSelfPay: ZERO,
      inScope: ZERO,
    };
  }
  const overLimit = splitOverLimit(line, mode);
  const rest = overLimit === 0n ? amount : amount - overLimit;
  const priorSelfPay =
    selfPayE4 === 0 ? ZERO : (divideRounded(rest * BigInt(selfPayE4), 10_000n, mode) as Fen);
  const inScope = (priorSelfPay === 0n ? rest : rest - priorSelfPay) as Fen;
  return { lineNo, amount, fullOwnPay: ZERO, overLimit, priorSelfPay, inScope };
}

function isAllOwnPay({ code, selfPayE4 }: PricedLine): boolean {
  return code === undefined || selfPayE4 === ALL_OWN_PAY_E4;
}

function splitOverLimit(line: PricedLine, mode: RoundingMode): Fen {
  const limit = line.priceLimitE6;
  if (limit === undefined || line.priceE6 <= limit) return ZERO;
  const excess = (line.priceE6 - limit) * line.quantityE4;
  return minFen(divideRounded(excess, E10_PER_FEN, mode) as Fen, line.amount);
}

function recordLine(
  rules: LineRules,
  line: PricedLine,
  split: LineSplit,
  steps: SplitStep[],
): void {
  const { lineNo, amount } = split;
  if (isAllOwnPay(line)) {
    const rule = line.code === undefined ? rules.noCode : rules.fullOwnPay;
    steps.push(makeStep(lineNo, 'full-own-pay', rule, { base: amount, amount }));
    return;
  }
  const { overLimit, priorSelfPay, inScope } = split;
  if (overLimit > 0n)
    steps.push(
      makeStep(lineNo, 'over-limit', rules.overLimit, { base: amount, amount: overLimit }),
    );
  if (line.selfPayE4 > 0) {
    const money = { base: (amount - overLimit) as Fen, amount: priorSelfPay };
    const step = makeStep(lineNo, 'prior-self-pay', rules.priorSelfPay, money);
    steps.push({ ...step, ratio: percentText(line.selfPayE4) });
  }
  steps.push(makeStep(lineNo, 'in-scope', rules.inScope, { base: amount, amount: inScope }));
}

function makeStep(
  lineNo: string,
  stage: Stage,
  { id, source, zh, en }: Rule,
  { base, amount }: Pick<SplitStep, 'base' | 'amount'>,
): SplitStep {
  return { stage, lineNo, payer: stage, base, amount, rule: id, source, zh, en };
}

const percentTexts = new Map<number, string>();

/** 500 ten-thousandths → "5%". Texts are cached: there are few ratios and many lines. */
function percentText(e4: number): string {
  const known = percentTexts.get(e4);
  if (known !== undefined) return known;
  const text = `${e4 / 100}%`;
  percentTexts.set(e4, text);
  return text;
}

/** One rule for each part of a line, with the pack's id and source for lines. */
function lineRules(context: CompileContext): LineRules {
  const { lines, rounding } = context.file;
  const source = sourceText(context, lines, 'lines');
  context.ids.add(lines.id);
  const rule = (part: string, zh: string, en: string): Rule => ({
    id: `${lines.id}/${part}`,
    source,
    zh,
    en,
  });
  return {
    mode: rounding.mode,
    noCode: rule('no-code', '无医保编码，全额自费', 'No insurance code: full own-pay'),
    fullOwnPay: rule('full-own-pay', '自付比例100%，全额自费', 'Own-pay ratio 100 %: full own-pay'),
    overLimit: rule('over-limit', '超过医保限价部分', 'Over the price limit'),
    priorSelfPay: rule('prior-self-pay', '先行自付', 'Prior self-pay'),
    inScope: rule('in-scope', '符合政策范围金额', 'In scope'),
  };
}
