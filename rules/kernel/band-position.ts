import { type Fen, ZERO } from '../../engine/base/money/fen.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { compileAccumulatorKey } from './accumulator-key.ts';
import { type CompileContext, reportProblem } from './compile-context.ts';
import type { Deductible } from './deductible.ts';
import { type SplitState, totalBefore, totalNow } from './split-state.ts';

/** The position of a payer's first fen on the scale of its band table. */
export type BandPosition = {
  /** The scale counts fund money paid, not the payer's base. */
  readonly isByPaid: boolean;
  readonly start: (state: SplitState, base: Fen) => bigint;
};

/** Whether money that no total records is paid before the deductible, or fills it. */
function hasUnrecordedMoney({ file }: CompileContext): boolean {
  const { account, outOfAreaSelfPay, deductible } = file;
  const isFirst = account.first !== undefined || outOfAreaSelfPay !== undefined;
  return isFirst || deductible?.alsoCounts !== undefined;
}

/** Compiles what band edges and thresholds count; `edges` in the pack format. */
export function compileBandPosition(
  context: CompileContext,
  file: PayerFile,
  deductible: Deductible,
  path: string,
): BandPosition {
  const inScopeKey = compileAccumulatorKey(context.file.accumulators.inScope);
  // The payer's base is the last part of the money; the rest precedes it on the scale.
  const preceding = (whole: Fen, base: Fen) => (whole > base ? whole - base : 0n);
  const compileKey = (accumulator: string | undefined, name: string) => {
    if (accumulator === undefined)
      reportProblem(context, `${path}.${name}`, undefined, {
        rule: `needed for ${file.edges}`,
        zh: `edges 为 ${file.edges} 时必填`,
      });
    return accumulator === undefined ? undefined : compileAccumulatorKey(accumulator);
  };
  const scaleOfMoney = (start: BandPosition['start']): BandPosition => ({ isByPaid: false, start });
  switch (file.edges) {
    case 'bill-base':
      return scaleOfMoney(() => 0n);
    case 'bill-in-scope':
      return scaleOfMoney((state, base) => preceding(state.inScope, base));
    case 'bill-after-deductible':
      return scaleOfMoney((state, base) => preceding(state.afterDeductible, base));
    case 'year-in-scope':
      return scaleOfMoney(
        (state, base) => totalBefore(state, inScopeKey(state)) + preceding(state.inScope, base),
      );
    case 'year-after-deductible': {
      const { consumedInYear } = deductible;
      const isScaleUsed =
        file.thresholds !== undefined || file.choices.some(({ bands }) => bands[1]);
      if (isScaleUsed && (consumedInYear === undefined || hasUnrecordedMoney(context)))
        reportProblem(context, `${path}.edges`, file.edges, {
          rule: 'no total holds the year’s money after the deductible',
          zh: '没有累计保存起付线以上的年度费用',
        });
      return scaleOfMoney((state, base) => {
        const earlier = totalBefore(state, inScopeKey(state)) - (consumedInYear?.(state) ?? 0n);
        return (earlier > 0n ? earlier : 0n) + preceding(state.afterDeductible, base);
      });
    }
    case 'year-base': {
      const key = compileKey(file.baseCounter, 'baseCounter');
      return scaleOfMoney((state) => (key === undefined ? ZERO : totalNow(state, key(state))));
    }
    case 'year-paid': {
      const key = compileKey(file.counter, 'counter');
      const start = (state: SplitState) => (key === undefined ? ZERO : totalNow(state, key(state)));
      return { isByPaid: true, start };
    }
  }
}
