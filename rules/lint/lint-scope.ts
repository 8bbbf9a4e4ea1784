import type { Fen } from '../../engine/base/money/fen.ts';
import { ZERO } from '../../engine/base/money/fen.ts';
import { type Amount, type AmountScope, compileAmount, compileFigures } from '../kernel/amount.ts';
import { openCompileContext } from '../kernel/compile-context.ts';
import { compileCondition, type Holds } from '../kernel/condition.ts';
import type { SplitState } from '../kernel/split-state.ts';
import type { SplitInput } from '../model/bill.ts';
import type { PackFile } from '../model/pack-file.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';
import type { AmountFile } from '../model/pack-file-values.ts';

/** What every check of one pack needs: the file, its conditions and its amounts as the kernel reads them. */
export type LintScope = {
  readonly file: PackFile;
  /** Does the condition hold in this situation? Without one: always. */
  readonly holds: (when: ConditionFile | undefined, situation: SplitInput) => boolean;
  /** The amount in fen when it is the same for every bill, else undefined. */
  readonly fixed: (amount: AmountFile) => Fen | undefined;
  /** The amount in fen in this situation; what depends on the size of the bill is that of none. */
  readonly valueIn: (amount: AmountFile, situation: SplitInput) => Fen;
};

/** The file must come from a compiled pack: what the kernel refuses is not looked for again. */
export function openLint(file: PackFile): LintScope {
  const context = openCompileContext(file);
  const scope: AmountScope = { context, figures: compileFigures(context) };
  const compiled = new Map<ConditionFile, Holds>();
  const amounts = new Map<AmountFile, Amount>();
  const amountOf = (file: AmountFile): Amount => {
    const known = amounts.get(file) ?? compileAmount(scope, file, '');
    amounts.set(file, known);
    return known;
  };
  return {
    file,
    holds: (when, situation) => {
      if (when === undefined) return true;
      const known = compiled.get(when) ?? compileCondition(context, when, '');
      compiled.set(when, known);
      return known(workOf(file, situation));
    },
    fixed: (amount) => amountOf(amount).fixed,
    valueIn: (amount, situation) => amountOf(amount).of(workOf(file, situation)),
  };
}

/** As much of a bill on its way as conditions may ask for. */
function workOf({ accumulators }: PackFile, input: SplitInput): SplitState {
  const counter = accumulators.admissions;
  const counted = counter === undefined ? 0 : Number(input.accumulators.get(counter) ?? 0n);
  const state: Pick<SplitState, 'input' | 'admission' | 'total' | 'inScope' | 'day'> = {
    input,
    admission: counted + 1,
    total: ZERO,
    inScope: ZERO,
    day: input.serviceDate,
  };
  return state as SplitState;
}
