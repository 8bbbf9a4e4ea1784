import { invariant } from '../../engine/base/errors/result.ts';
import { type CompileContext, reportProblem } from './compile-context.ts';
import { type Fraction, fraction } from './fraction.ts';
import type { SplitState } from './split-state.ts';

/** Facts of every bill: its amounts in yuan, the age in years, the number of the admission. */
const BILL_FACTS: Readonly<Record<string, (state: SplitState) => Fraction>> = {
  total: ({ total }) => ({ num: total, den: 100n }),
  'in-scope': ({ inScope }) => ({ num: inScope, den: 100n }),
  age: ({ input }) => ({ num: BigInt(input.insured.ageYears), den: 1n }),
  admission: ({ admission }) => ({ num: BigInt(admission), den: 1n }),
};

/** Whether this is the name of a fact that every bill has. */
export function isBillFact(name: string): boolean {
  return Object.hasOwn(BILL_FACTS, name);
}

/**
 * Compiles the name of a fact into a number of the person or the bill. Callers first check that the
 * person has all `Pack.factsNeeded`: a missing fact without a default throws InvariantViolation.
 */
export function compilePersonFact(
  context: CompileContext,
  name: string,
  path: string,
): (state: SplitState) => Fraction {
  const billFact = isBillFact(name) ? BILL_FACTS[name] : undefined;
  if (billFact !== undefined) return billFact;
  const { facts = {} } = context.file;
  const declared = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (declared === undefined) {
    reportProblem(context, path, name, {
      rule: 'is neither a figure nor among the facts of the pack',
      zh: '既不是数值（figures），也不在规则包的信息项（facts）之中',
    });
    return () => ({ num: 0n, den: 1n });
  }
  const defaultValue = declared.default === undefined ? undefined : fraction(declared.default);
  return ({ input }) => {
    const e4 = input.insured.factsE4?.get(name);
    if (e4 !== undefined) return { num: e4, den: 10_000n };
    invariant(defaultValue !== undefined, `the pack asks for the fact ${name}`);
    return defaultValue;
  };
}
