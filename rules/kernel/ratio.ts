import type { RatioFile } from '../model/pack-file-values.ts';
import { type CompileContext, reportProblem } from './compile-context.ts';
import { asShare, compare, type Fraction, fraction, ONE, plus, times } from './fraction.ts';
import { compilePersonFact } from './person-fact.ts';
import type { SplitState } from './split-state.ts';

/** A share between 0 and 1; `fixed`: set when it is the same for every bill. */
export type Ratio = {
  readonly of: (state: SplitState) => Fraction;
  readonly fixed: Fraction | undefined;
};

/** "0.70", "2/3", or a share that grows with a fact (0.75 + 0.002 × age). */
export function compileRatio(context: CompileContext, file: RatioFile, path: string): Ratio {
  if (typeof file === 'string') {
    const share = fraction(file);
    if (compare(share, ONE) > 0)
      reportProblem(context, path, file, {
        rule: 'a ratio must not exceed 1',
        zh: '比例不得大于 1',
      });
    return { of: () => share, fixed: share };
  }
  const [base, each] = [fraction(file.base), fraction(file.each)];
  const most = file.max === undefined ? ONE : fraction(file.max);
  const fact = compilePersonFact(context, file.of, `${path}.of`);
  const of = (state: SplitState) => {
    const grown = plus(base, times(each, fact(state)));
    return asShare(compare(grown, most) > 0 ? most : grown);
  };
  return { of, fixed: undefined };
}
