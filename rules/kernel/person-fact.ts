import { invariant } from '../../engine/base/errors/result.ts';
import { type CompileContext, report } from './compile-context.ts';
import { type Fraction, fraction } from './fraction.ts';
import type { SplitState } from './split-state.ts';

/** Facts that every bill has: yuan of this bill, years of age, number of the admission. */
const OF_EVERY_BILL: Readonly<Record<string, (state: SplitState) => Fraction>> = {
  total: ({ total }) => ({ num: total, den: 100n }),
  'in-scope': ({ inScope }) => ({ num: inScope, den: 100n }),
  age: ({ input }) => ({ num: BigInt(input.insured.ageYears), den: 1n }),
  admission: ({ admission }) => ({ num: BigInt(admission), den: 1n }),
};

/** Is this a name that every bill knows? */
export function isOfEveryBill(name: string): boolean {
  return Object.hasOwn(OF_EVERY_BILL, name);
}

/**
 * A number about the person or the bill, by name. A fact without a default must be there: callers
 * compare `Pack.factsNeeded` with the person first; its absence breaks an invariant.
 */
export function compilePersonFact(
  context: CompileContext,
  name: string,
  path: string,
): (state: SplitState) => Fraction {
  const known = isOfEveryBill(name) ? OF_EVERY_BILL[name] : undefined;
  if (known !== undefined) return known;
  const { facts = {} } = context.file;
  const declared = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (declared === undefined) {
    report(context, path, name, 'is neither a figure nor among the facts of the pack');
    return () => ({ num: 0n, den: 1n });
  }
  const otherwise = declared.default === undefined ? undefined : fraction(declared.default);
  return ({ input }) => {
    const e4 = input.insured.factsE4?.get(name);
    if (e4 !== undefined) return { num: e4, den: 10_000n };
    invariant(otherwise !== undefined, `the pack asks for the fact ${name}`);
    return otherwise;
  };
}
