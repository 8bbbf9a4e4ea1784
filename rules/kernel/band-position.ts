import { type Fen, ZERO } from '../../engine/base/money/fen.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { compileAccumulatorKey } from './accumulator-key.ts';
import { type CompileContext, report } from './compile-context.ts';
import type { Deductible } from './deductible.ts';
import { before, current, type SplitState } from './split-state.ts';

/** Where on a payer's band scale the first fen of its money stands. */
export type BandPosition = {
  /** The scale is fund money paid, not money looked at. */
  readonly isByPaid: boolean;
  readonly start: (state: SplitState, base: Fen) => bigint;
};

/** Does in-scope money go before the deductible, or other money into it, that no total remembers? */
function takesUncounted({ file }: CompileContext): boolean {
  const { account, outOfAreaSelfPay, deductible } = file;
  const isFirst = account.first !== undefined || outOfAreaSelfPay !== undefined;
  return isFirst || deductible?.alsoCounts !== undefined;
}

/** What band edges and thresholds count: see `edges` of the pack format. */
export function compileBandPosition(
  context: CompileContext,
  file: PayerFile,
  deductible: Deductible,
  path: string,
): BandPosition {
  const inScopeKey = compileAccumulatorKey(context.file.accumulators.inScope);
  // The payer's own money is the last of the in-scope money: what precedes it has been passed.
  const passed = (whole: Fen, base: Fen) => (whole > base ? whole - base : 0n);
  const counted = (counter: string | undefined, name: string) => {
    if (counter === undefined)
      report(context, `${path}.${name}`, undefined, `needed for ${file.edges}`);
    return counter === undefined ? undefined : compileAccumulatorKey(counter);
  };
  const byMoney = (start: BandPosition['start']): BandPosition => ({ isByPaid: false, start });
  switch (file.edges) {
    case 'bill-base':
      return byMoney(() => 0n);
    case 'bill-in-scope':
      return byMoney((state, base) => passed(state.inScope, base));
    case 'bill-after-deductible':
      return byMoney((state, base) => passed(state.afterDeductible, base));
    case 'year-in-scope':
      return byMoney(
        (state, base) => before(state, inScopeKey(state)) + passed(state.inScope, base),
      );
    case 'year-after-deductible': {
      const { consumedInYear } = deductible;
      const matters = file.thresholds !== undefined || file.choices.some(({ bands }) => bands[1]);
      if (matters && (consumedInYear === undefined || takesUncounted(context)))
        report(
          context,
          `${path}.edges`,
          file.edges,
          'no total holds the year’s money after the deductible',
        );
      return byMoney((state, base) => {
        const earlier = before(state, inScopeKey(state)) - (consumedInYear?.(state) ?? 0n);
        return (earlier > 0n ? earlier : 0n) + passed(state.afterDeductible, base);
      });
    }
    case 'year-base': {
      const key = counted(file.baseCounter, 'baseCounter');
      return byMoney((state) => (key === undefined ? ZERO : current(state, key(state))));
    }
    case 'year-paid': {
      const key = counted(file.counter, 'counter');
      const start = (state: SplitState) => (key === undefined ? ZERO : current(state, key(state)));
      return { isByPaid: true, start };
    }
  }
}
