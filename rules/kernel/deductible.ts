/**
 * The deductible (起付线): in-scope money that the person pays before any fund pays. Prior self-pay
 * does not fill it unless the pack says so.
 */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { DeductibleFile } from '../model/pack-file-deductible.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { compileRule, reportProblem } from './compile-context.ts';
import { compileCondition, firstThatHolds, type Holds } from './condition.ts';
import { divideRounded, fraction } from './fraction.ts';
import { addToTotal, recordStep, type SplitState, totalBefore } from './split-state.ts';

export type Deductible = {
  /**
   * Takes its part of the in-scope money `open`, in fen; records the step and adds to the totals.
   */
  readonly take: (state: SplitState, open: Fen) => Fen;
  /** The part that earlier bills consumed, in fen. */
  readonly consumedBefore: (state: SplitState) => Fen;
  /**
   * The deductible paid in the year before this bill, in fen; undefined where no single total holds
   * it.
   */
  readonly consumedInYear: ((state: SplitState) => Fen) | undefined;
};

type Standard = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly of: (state: SplitState) => Fen;
};

export const NO_DEDUCTIBLE: Deductible = {
  take: () => ZERO,
  consumedBefore: () => ZERO,
  consumedInYear: () => ZERO,
};

/** Compiles the pack's deductible block. */
export function compileDeductible(scope: AmountScope, file: DeductibleFile): Deductible {
  const { context } = scope;
  const path = 'deductible';
  const standards = file.choices.map((choice, index) =>
    compileStandard(scope, choice, `${path}.choices[${index}]`),
  );
  const waivers = (file.waivers ?? []).map((waiver, index) => ({
    holds: compileCondition(context, waiver.when, `${path}.waivers[${index}].when`),
    rule: compileRule(context, waiver, `${path}.waivers[${index}]`),
  }));
  const key = compileConsumedKey(scope, file);
  const ceiling = compileCeiling(scope, file);
  const isHighestLevel = file.mode === 'highest-level-once-a-year';
  const consumedBefore = compileConsumedBefore(file, key);
  const take = (state: SplitState, open: Fen): Fen => {
    const otherMoney = sumOtherParts(state, file.alsoCounts ?? []);
    if (open === 0n && otherMoney === 0n) return ZERO;
    const waiver = firstThatHolds(waivers, state);
    if (waiver !== undefined) {
      recordStep(state, 'waiver', waiver.rule, { payer: 'deductible', base: open, amount: ZERO });
      return ZERO;
    }
    const choice = firstThatHolds(standards, state);
    if (choice === undefined) return ZERO;
    let standard = choice.of(state);
    if (isHighestLevel && key !== undefined) standard = raiseStandard(state, key(state), standard);
    let left = standard - consumedBefore(state);
    if (ceiling !== undefined) {
      const room = ceiling.amount.of(state) - totalBefore(state, ceiling.key(state));
      if (room < left) left = room;
    }
    // A person who retires within the year may have paid more than the new, lower standard.
    if (left <= 0n) return ZERO;
    const filledByOthers = minFen(otherMoney, left as Fen);
    state.filledByOthers = filledByOthers;
    const amount = minFen((left - filledByOthers) as Fen, open);
    const consumed = (amount + filledByOthers) as Fen;
    if (key !== undefined) addToTotal(state, key(state), consumed);
    const ceilingKey = ceiling?.key(state);
    if (ceilingKey !== undefined && ceilingKey !== key?.(state))
      addToTotal(state, ceilingKey, consumed);
    if (amount > 0n)
      recordStep(state, 'deductible', choice.rule, { payer: 'deductible', base: open, amount });
    return amount;
  };
  const isYearly = key !== undefined && accumulatorSpan(file.mode) === '';
  const consumedInYear = isYearly
    ? (state: SplitState) => totalBefore(state, key(state))
    : undefined;
  return { take, consumedBefore, consumedInYear };
}

function compileConsumedKey(
  { context }: AmountScope,
  file: DeductibleFile,
): AccumulatorKey | undefined {
  const isCounted = file.mode !== 'per-visit' && file.mode !== 'per-admission';
  if (file.counter === undefined) {
    if (isCounted)
      reportProblem(context, 'deductible.counter', undefined, {
        rule: `needed for ${file.mode}`,
        zh: `mode 为 ${file.mode} 时必填`,
      });
    return undefined;
  }
  return compileAccumulatorKey(`${file.counter}${accumulatorSpan(file.mode)}`);
}

/** The suffix of its total, where it begins anew within the year. */
function accumulatorSpan(mode: DeductibleFile['mode']): string {
  if (mode === 'per-hospital-year') return '/hospital';
  if (mode === 'per-quarter') return '/quarter';
  return mode === 'per-month' ? '/month' : '';
}

/**
 * Whether a settlement continues an admission that was counted before: only when the pack merges
 * its kind. Where each cycle of 90 days is an admission, a settlement within the stay is a new one.
 */
export function continuesStay(
  file: DeductibleFile | undefined,
): (input: SplitState['input']) => boolean {
  const merges = file?.merges ?? [];
  return ({ visit }) => visit?.continues !== undefined && merges.includes(visit.continues.kind);
}

function compileConsumedBefore(
  file: DeductibleFile,
  key: AccumulatorKey | undefined,
): (state: SplitState) => Fen {
  if (file.mode === 'per-visit') return () => ZERO;
  if (file.mode === 'per-admission') {
    const continues = continuesStay(file);
    return ({ input }) =>
      continues(input) ? (input.visit?.continues?.deductiblePaid ?? ZERO) : ZERO;
  }
  return (state) => (key === undefined ? ZERO : totalBefore(state, key(state)));
}

/**
 * The year's standard is the highest met so far. It is kept in a total of its own, to which the
 * difference is added when a bill raises it.
 */
function raiseStandard(state: SplitState, key: string, standard: Fen): Fen {
  const soFar = totalBefore(state, `${key}-standard`);
  if (standard <= soFar) return soFar;
  addToTotal(state, `${key}-standard`, (standard - soFar) as Fen);
  return standard;
}

/** Money outside the in-scope money that fills the deductible too, in fen. */
function sumOtherParts(
  state: SplitState,
  parts: readonly ('prior-self-pay' | 'out-of-area')[],
): Fen {
  let sum = 0n;
  for (const part of parts) sum += state.unpaid[part];
  return sum as Fen;
}

function compileCeiling(scope: AmountScope, { yearlyCeiling }: DeductibleFile) {
  if (yearlyCeiling === undefined) return undefined;
  const path = 'deductible.yearlyCeiling';
  compileRule(scope.context, yearlyCeiling, path);
  return {
    amount: compileAmount(scope, yearlyCeiling.amount, `${path}.amount`),
    key: compileAccumulatorKey(yearlyCeiling.counter),
  };
}

type StandardFile = DeductibleFile['choices'][number];

function compileStandard(scope: AmountScope, choice: StandardFile, path: string): Standard {
  const { context } = scope;
  const first = compileAmount(scope, choice.amount, `${path}.amount`);
  return {
    holds: compileCondition(context, choice.when, `${path}.when`),
    rule: compileRule(context, choice, path),
    of: choice.repeat === undefined ? first.of : compileRepeat(scope, choice.repeat, first),
  };
}

/** The standard from the 2nd admission of the year on. */
function compileRepeat(
  { context }: AmountScope,
  repeat: NonNullable<StandardFile['repeat']>,
  first: Amount,
): (state: SplitState) => Fen {
  const { mode } = context.file.rounding;
  const share = (standard: Fen, num: bigint, den: bigint) =>
    divideRounded(standard * num, den, mode) as Fen;
  const later = (state: SplitState, standard: Fen, nth: number): Fen => {
    if ('amounts' in repeat)
      return parseYuan(repeat.amounts[Math.min(nth, repeat.amounts.length) - 1]);
    if ('factors' in repeat) {
      const factor = fraction(repeat.factors[Math.min(nth, repeat.factors.length) - 1] ?? '1');
      return share(standard, factor.num, factor.den);
    }
    const floor = minFen(parseYuan(repeat.floor), standard);
    const step = 'less' in repeat ? undefined : fraction(repeat.lessShare);
    const decrease =
      step === undefined
        ? parseYuan('less' in repeat ? repeat.less : undefined)
        : share(standard, step.num, step.den);
    const lowered = standard - decrease * BigInt(state.admission - 1);
    return lowered > floor ? (lowered as Fen) : floor;
  };
  return (state) => {
    const standard = first.of(state);
    return state.admission === 1 ? standard : later(state, standard, state.admission - 1);
  };
}

function parseYuan(text: string | undefined): Fen {
  return BigInt((text ?? '0.00').replace('.', '')) as Fen;
}
