import { careTypeWords, isCareTypePrefix } from '../model/care-types.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';
import { type CompileContext, reportProblem } from './compile-context.ts';
import { compare, fraction } from './fraction.ts';
import { compilePersonFact } from './person-fact.ts';
import type { SplitState } from './split-state.ts';

export type Holds = (state: SplitState) => boolean;

const always: Holds = () => true;

/** Compiles a condition into a test of a bill; all its keys must hold. */
export function compileCondition(
  context: CompileContext,
  when: ConditionFile | undefined,
  path: string,
): Holds {
  if (when === undefined) return always;
  checkCareTypes(context, when.careTypes ?? [], `${path}.careTypes`);
  const tests = [
    ...personTests(when),
    ...placeTests(when),
    ...visitTests(when),
    ...factTests(context, when, path),
  ];
  const [first, second] = tests;
  if (first === undefined) return always;
  if (second === undefined) return first;
  return (state) => {
    for (const test of tests) if (!test(state)) return false;
    return true;
  };
}

/** A prefix that no care type has holds for no bill. */
export function checkCareTypes(
  context: CompileContext,
  careTypes: readonly string[],
  path: string,
): void {
  for (const [index, prefix] of careTypes.entries())
    if (!isCareTypePrefix(prefix))
      reportProblem(context, `${path}[${index}]`, prefix, careTypeWords);
}

/** The first choice whose condition holds for the bill, or undefined. */
export function firstThatHolds<T extends { readonly holds: Holds }>(
  choices: readonly T[],
  state: SplitState,
): T | undefined {
  for (const choice of choices) if (choice.holds(state)) return choice;
  return undefined;
}

function personTests(when: ConditionFile): readonly Holds[] {
  const tests: Holds[] = [];
  const { schemes, careTypes, personTypes, ageFrom, ageBelow, traits, anyTrait, noTraits } = when;
  if (schemes) tests.push(({ input }) => schemes.includes(input.insured.scheme));
  if (careTypes) tests.push(({ input }) => hasPrefix(input.careType, careTypes));
  if (personTypes) tests.push(({ input }) => hasPrefix(input.insured.personType, personTypes));
  if (ageFrom !== undefined) tests.push(({ input }) => input.insured.ageYears >= ageFrom);
  if (ageBelow !== undefined) tests.push(({ input }) => input.insured.ageYears < ageBelow);
  if (traits) tests.push(({ input }) => !lacksOne(input.insured.traits, traits));
  if (anyTrait) tests.push(({ input }) => hasOne(input.insured.traits, anyTrait));
  if (noTraits) tests.push(({ input }) => !hasOne(input.insured.traits, noTraits));
  return tests;
}

function placeTests(when: ConditionFile): readonly Holds[] {
  const tests: Holds[] = [];
  const { placeKind, levels, isCommunity, placeMarks, institutions } = when;
  if (placeKind) tests.push(({ input }) => input.carePlace.kind === placeKind);
  if (levels) tests.push(({ input }) => levels.some((level) => level === input.carePlace.level));
  if (isCommunity !== undefined)
    tests.push(({ input }) => input.carePlace.isCommunity === isCommunity);
  if (placeMarks)
    tests.push(({ input }) => placeMarks.some((mark) => input.carePlace.marks?.includes(mark)));
  if (institutions)
    tests.push(({ input }) => institutions.some((code) => code === input.carePlace.code));
  return tests;
}

function visitTests(when: ConditionFile): readonly Holds[] {
  const tests: Holds[] = [];
  const { travels, distances, diseases, admissionFrom, admissionTo } = when;
  if (travels) tests.push(({ input }) => travels.includes(input.visit?.travel ?? 'local'));
  if (distances) tests.push(({ input }) => distances.includes(input.visit?.distance ?? 'in-city'));
  if (diseases)
    tests.push(({ input }) =>
      (input.visit?.diseases ?? []).some((code) => hasPrefix(code, diseases)),
    );
  if (admissionFrom !== undefined) tests.push(({ admission }) => admission >= admissionFrom);
  if (admissionTo !== undefined) tests.push(({ admission }) => admission <= admissionTo);
  const { births, dischargeConditions } = when;
  if (births) tests.push(({ input }) => births.some((birth) => birth === input.visit?.birth));
  if (dischargeConditions)
    tests.push(({ input }) =>
      dischargeConditions.some((way) => way === input.visit?.dischargeCondition),
    );
  return tests;
}

function factTests(context: CompileContext, when: ConditionFile, path: string): readonly Holds[] {
  return Object.entries(when.facts ?? {}).map(([name, range]) => {
    const factPath = `${path}.facts.${name}`;
    const fact = compilePersonFact(context, name, factPath);
    const from = range.from === undefined ? undefined : fraction(range.from);
    const below = range.below === undefined ? undefined : fraction(range.below);
    if (from === undefined && below === undefined)
      reportProblem(context, factPath, range, {
        rule: 'needs from or below',
        zh: '须有 from 或 below',
      });
    return (state) => {
      const value = fact(state);
      if (from !== undefined && compare(value, from) < 0) return false;
      return below === undefined || compare(value, below) < 0;
    };
  });
}

function lacksOne(traits: ReadonlySet<string>, names: readonly string[]): boolean {
  for (const name of names) if (!traits.has(name)) return true;
  return false;
}

function hasOne(traits: ReadonlySet<string>, names: readonly string[]): boolean {
  for (const name of names) if (traits.has(name)) return true;
  return false;
}

function hasPrefix(code: string, prefixes: readonly string[]): boolean {
  for (const prefix of prefixes) if (code.startsWith(prefix)) return true;
  return false;
}
