import { type Fen, fen, parseFen, ZERO } from '../../engine/base/money/fen.ts';
import type { AmountFile } from '../model/pack-file-values.ts';
import { type CompileContext, reportProblem, sourceText } from './compile-context.ts';
import { divideRounded, type Fraction, fraction, ONE, times } from './fraction.ts';
import { compilePersonFact } from './person-fact.ts';
import type { SplitState } from './split-state.ts';

/**
 * An amount in fen, for one bill. `fixed`: set when it is the same for every bill; `cost`: the
 * number of factors evaluated.
 */
export type Amount = {
  readonly of: (state: SplitState) => Fen;
  readonly fixed: Fen | undefined;
  readonly cost: number;
};

/** Figures that use other figures twice, level upon level, cost exponentially. */
const COST_MAX = 1000;

export type Figures = ReadonlyMap<string, Amount>;

/** Compiles the pack's published figures; each may use those above it. */
export function compileFigures(context: CompileContext): Figures {
  const figures = new Map<string, Amount>();
  for (const [name, figure] of Object.entries(context.file.figures ?? {})) {
    const path = `figures.${name}`;
    sourceText(context, figure, path);
    figures.set(name, compileAmount({ context, figures }, figure.amount, `${path}.amount`));
  }
  return figures;
}

export type AmountScope = { readonly context: CompileContext; readonly figures: Figures };

/** "1800.00", or a product of figures and facts, rounded half up to the fen or the yuan. */
export function compileAmount(scope: AmountScope, file: AmountFile, path: string): Amount {
  if (typeof file === 'string') return fixedAmount(parseFen(file) ?? ZERO);
  const factors = file.of.map((factor, index) =>
    compileFactor(scope, factor, `${path}.of[${index}]`),
  );
  const compileTerm = (key: 'plus' | 'min' | 'max') => {
    const value = file[key];
    return value === undefined
      ? undefined
      : compileAmount(scope, value as AmountFile, `${path}.${key}`);
  };
  const [addend, min, max] = [compileTerm('plus'), compileTerm('min'), compileTerm('max')];
  const unit = file.round === 'yuan' ? 100n : 1n;
  const of = (state: SplitState | undefined): Fen => {
    let product: Fraction = ONE;
    for (const factor of factors) product = times(product, factor.of(state as SplitState));
    const extra = addend?.of(state as SplitState) ?? 0n;
    const inFen = product.num * 100n + extra * product.den;
    let amount = divideRounded(inFen < 0n ? 0n : inFen, product.den * unit, 'half-up') * unit;
    const [floor, ceiling] = [min?.of(state as SplitState), max?.of(state as SplitState)];
    if (floor !== undefined && amount < floor) amount = floor;
    if (ceiling !== undefined && amount > ceiling) amount = ceiling;
    return fen(amount);
  };
  const terms = [addend, min, max].filter((each) => each !== undefined);
  const isFixed =
    factors.every((factor) => factor.isFixed) && terms.every((term) => term.fixed !== undefined);
  let cost = 0;
  for (const { cost: each } of [...factors, ...terms]) cost += each;
  if (cost > COST_MAX)
    reportProblem(scope.context, path, cost, {
      rule: `more than ${COST_MAX} factors in all`,
      zh: `因数合计超过 ${COST_MAX} 个`,
    });
  if (min?.fixed !== undefined && max?.fixed !== undefined && min.fixed > max.fixed)
    reportProblem(scope.context, `${path}.min`, file.min, {
      rule: 'lies above max',
      zh: '大于上限 max',
    });
  return isFixed ? compileFixed(scope, path, of) : { of, fixed: undefined, cost };
}

function fixedAmount(amount: Fen): Amount {
  return { of: () => amount, fixed: amount, cost: 1 };
}

function compileFixed(
  { context }: AmountScope,
  path: string,
  of: (state: undefined) => Fen,
): Amount {
  try {
    return fixedAmount(of(undefined));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reportProblem(context, path, undefined, {
      rule: error.message,
      zh: `计算不出固定金额：${error.message}`,
    });
    return fixedAmount(ZERO);
  }
}

type Factor = {
  readonly of: (state: SplitState) => Fraction;
  readonly isFixed: boolean;
  readonly cost: number;
};

function compileFactor({ context, figures }: AmountScope, factor: string, path: string): Factor {
  if (/^\d/.test(factor)) {
    const number = fraction(factor);
    return { of: () => number, isFixed: true, cost: 1 };
  }
  const figure = figures.get(factor);
  if (figure === undefined && Object.hasOwn(context.file.figures ?? {}, factor)) {
    reportProblem(context, path, factor, {
      rule: 'a figure may use only figures that stand above it',
      zh: '只能使用排在它之前的数值（figures）',
    });
    return { of: () => ONE, isFixed: true, cost: 1 };
  }
  if (figure === undefined)
    return { of: compilePersonFact(context, factor, path), isFixed: false, cost: 1 };
  const { fixed } = figure;
  if (fixed === undefined) {
    return {
      of: (state) => ({ num: figure.of(state), den: 100n }),
      isFixed: false,
      cost: figure.cost,
    };
  }
  return { of: () => ({ num: fixed, den: 100n }), isFixed: true, cost: 1 };
}
