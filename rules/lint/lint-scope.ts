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

/**
 * Common to all checks of one pack: the file, and its conditions and amounts as compiled by the
 * kernel.
 */
export type LintScope = {
  readonly file: PackFile;
  /** Whether the condition holds in this situation; a missing one always does. */
  readonly holds: (when: ConditionFile | undefined, situation: SplitInput) => boolean;
  /** The amount in fen when it is the same for every bill, else undefined. */
  readonly fixed: (amount: AmountFile) => Fen | undefined;
  /**
   * The amount in fen in this situation, for a bill of zero where it depends on the bill's size.
   */
  readonly valueIn: (amount: AmountFile, situation: SplitInput) => Fen;
};

/**
 * The file must come from a compiled pack: problems that the kernel reports are not reported again.
 */
export function openLintScope(file: PackFile): LintScope {
  const context = openCompileContext(file);
  const scope: AmountScope = { context, figures: compileFigures(context) };
  const compiled = new Map<ConditionFile, Holds>();
  const amounts = new Map<AmountFile, Amount>();
  const compiledAmount = (file: AmountFile): Amount => {
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
      return known(situationState(file, situation));
    },
    fixed: (amount) => compiledAmount(amount).fixed,
    valueIn: (amount, situation) => compiledAmount(amount).of(situationState(file, situation)),
  };
}

/** The part of a split state that conditions may read. */
function situationState({ accumulators }: PackFile, input: SplitInput): SplitState {
  const name = accumulators.admissions;
  const counted = name === undefined ? 0 : Number(input.accumulators.get(name) ?? 0n);
  const state: Pick<SplitState, 'input' | 'admission' | 'total' | 'inScope' | 'day'> = {
    input,
    admission: counted + 1,
    total: ZERO,
    inScope: ZERO,
    day: input.serviceDate,
  };
  return state as SplitState;
}
