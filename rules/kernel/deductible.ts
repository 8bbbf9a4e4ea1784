/**
 * The deductible (起付线): in-scope money that the person pays before any fund does. Prior self-pay
 * does not fill it unless the pack says so.
 */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { DeductibleFile } from '../model/pack-file-deductible.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { report, ruleOf } from './compile-context.ts';
import { compileCondition, firstThatHolds, type Holds } from './condition.ts';
import { divideRounded, fraction } from './fraction.ts';
import { addTo, before, recordStep, type SplitState } from './split-state.ts';

export type Deductible = {
  /** Takes its part out of the in-scope money that is still open; tells and counts it. */
  readonly take: (state: SplitState, open: Fen) => Fen;
  /** What earlier bills consumed of it, in fen. */
  readonly consumedBefore: (state: SplitState) => Fen;
  /** What it took in the whole year before this bill, in fen; undefined where no one total holds it. */
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
    rule: ruleOf(context, waiver, `${path}.waivers[${index}]`),
  }));
  const key = counterOf(scope, file);
  const ceiling = compileCeiling(scope, file);
  const isHighest = file.mode === 'highest-level-once-a-year';
  const consumedBefore = consumedOf(file, key);
  const take = (state: SplitState, open: Fen): Fen => {
    const others = fillOtherwise(state, file.alsoCounts ?? []);
    if (open === 0n && others === 0n) return ZERO;
    const waiver = firstThatHolds(waivers, state);
    if (waiver !== undefined) {
      recordStep(state, 'waiver', waiver.rule, { payer: 'deductible', base: open, amount: ZERO });
      return ZERO;
    }
    const choice = firstThatHolds(standards, state);
    if (choice === undefined) return ZERO;
    let standard = choice.of(state);
    if (isHighest && key !== undefined) standard = raiseStandard(state, key(state), standard);
    let left = standard - consumedBefore(state);
    if (ceiling !== undefined) {
      const room = ceiling.amount.of(state) - before(state, ceiling.key(state));
      if (room < left) left = room;
    }
    // A person who retires in mid-year may already have paid more than the new, lower standard.
    if (left <= 0n) return ZERO;
    const filled = minFen(others, left as Fen);
    state.filled = filled;
    const amount = minFen((left - filled) as Fen, open);
    if (key !== undefined) addTo(state, key(state), (amount + filled) as Fen);
    const ceilingKey = ceiling?.key(state);
    if (ceilingKey !== undefined && ceilingKey !== key?.(state))
      addTo(state, ceilingKey, (amount + filled) as Fen);
    if (amount > 0n)
      recordStep(state, 'deductible', choice.rule, { payer: 'deductible', base: open, amount });
    return amount;
  };
  const isYearly = key !== undefined && spanOf(file.mode) === '';
  const consumedInYear = isYearly ? (state: SplitState) => before(state, key(state)) : undefined;
  return { take, consumedBefore, consumedInYear };
}

function counterOf({ context }: AmountScope, file: DeductibleFile): AccumulatorKey | undefined {
  const isCounted = file.mode !== 'per-visit' && file.mode !== 'per-admission';
  if (file.counter === undefined) {
    if (isCounted) report(context, 'deductible.counter', undefined, `needed for ${file.mode}`);
    return undefined;
  }
  return compileAccumulatorKey(`${file.counter}${spanOf(file.mode)}`);
}

/** The suffix of its counter: where it begins anew within the year. */
function spanOf(mode: DeductibleFile['mode']): string {
  if (mode === 'per-hospital-year') return '/hospital';
  if (mode === 'per-quarter') return '/quarter';
  return mode === 'per-month' ? '/month' : '';
}

/**
 * Does a settlement go on with an admission that has been counted? Only when the pack merges its
 * kind: where a cycle of 90 days counts as an admission, a settlement in mid-stay is a new one.
 */
export function continuesStay(
  file: DeductibleFile | undefined,
): (input: SplitState['input']) => boolean {
  const merges = file?.merges ?? [];
  return ({ visit }) => visit?.continues !== undefined && merges.includes(visit.continues.kind);
}

function consumedOf(
  file: DeductibleFile,
  key: AccumulatorKey | undefined,
): (state: SplitState) => Fen {
  if (file.mode === 'per-visit') return () => ZERO;
  if (file.mode === 'per-admission') {
    const goesOn = continuesStay(file);
    return ({ input }) => (goesOn(input) ? (input.visit?.continues?.deductiblePaid ?? ZERO) : ZERO);
  }
  return (state) => (key === undefined ? ZERO : before(state, key(state)));
}

/**
 * The year owes the highest standard met so far: it is kept beside the money consumed, and what
 * this level adds to it is counted.
 */
function raiseStandard(state: SplitState, key: string, standard: Fen): Fen {
  const soFar = before(state, `${key}-standard`);
  if (standard <= soFar) return soFar;
  addTo(state, `${key}-standard`, (standard - soFar) as Fen);
  return standard;
}

/** Parts of the bill that fill the deductible though they stand elsewhere, in fen. */
function fillOtherwise(
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
  ruleOf(scope.context, yearlyCeiling, path);
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
    rule: ruleOf(context, choice, path),
    of: choice.repeat === undefined ? first.of : compileRepeat(scope, choice.repeat, first),
  };
}

/** The standard of the 2nd admission of the year and those after it. */
function compileRepeat(
  { context }: AmountScope,
  repeat: NonNullable<StandardFile['repeat']>,
  first: Amount,
): (state: SplitState) => Fen {
  const { mode } = context.file.rounding;
  const share = (standard: Fen, num: bigint, den: bigint) =>
    divideRounded(standard * num, den, mode) as Fen;
  const later = (state: SplitState, standard: Fen, nth: number): Fen => {
    if ('amounts' in repeat) return yuan(repeat.amounts[Math.min(nth, repeat.amounts.length) - 1]);
    if ('factors' in repeat) {
      const factor = fraction(repeat.factors[Math.min(nth, repeat.factors.length) - 1] ?? '1');
      return share(standard, factor.num, factor.den);
    }
    const floor = minFen(yuan(repeat.floor), standard);
    const step = 'less' in repeat ? undefined : fraction(repeat.lessShare);
    const less =
      step === undefined
        ? yuan('less' in repeat ? repeat.less : undefined)
        : share(standard, step.num, step.den);
    const lowered = standard - less * BigInt(state.admission - 1);
    return lowered > floor ? (lowered as Fen) : floor;
  };
  return (state) => {
    const standard = first.of(state);
    return state.admission === 1 ? standard : later(state, standard, state.admission - 1);
  };
}

function yuan(text: string | undefined): Fen {
  return BigInt((text ?? '0.00').replace('.', '')) as Fen;
}
