/**
 * Turns a pack file into closures that `splitBill` runs, or into a list of everything wrong with
 * it. Ratios become exact fractions, amounts fen; nothing is rounded here.
 */

import { fail, ok, type Result } from '../../engine/base/errors/result.ts';
import { ZERO } from '../../engine/base/money/fen.ts';
import { isDay } from '../../engine/base/time/calendar.ts';
import type { Pack } from '../model/pack.ts';
import { PackFile } from '../model/pack-file.ts';
import { type AmountScope, compileAmount, compileFigures } from './amount.ts';
import { type CompileContext, openCompileContext, report, ruleOf } from './compile-context.ts';
import { compileSplit } from './compile-split.ts';
import { compileCondition } from './condition.ts';
import { isOfEveryBill } from './person-fact.ts';
import { type Problem, schemaProblems } from './problem.ts';
import type { SplitState } from './split-state.ts';

/**
 * Checks and compiles a pack. `value` is parsed JSON; the error names for each problem its path, the
 * value there, and what must hold.
 */
export function compilePack(value: unknown): Result<Pack, readonly Problem[]> {
  const problems = isDeeperThan(DEPTH_MAX, value)
    ? [{ at: '', value: 'nested', rule: `at most ${DEPTH_MAX} levels deep` }]
    : schemaProblems(PackFile, value);
  if (problems.length > 0) return fail(problems);
  const file = value as PackFile;
  const book = openCompileContext(file);
  checkDates(book);
  checkFacts(book);
  const scope: AmountScope = { book, figures: compileFigures(book) };
  const split = compileSplit(scope);
  const benefits = compileBenefits(scope);
  if (book.problems.length > 0) return fail(book.problems);
  return ok({
    id: file.id,
    region: file.region,
    name: file.name,
    schemes: file.schemes,
    careTypes: file.careTypes,
    selectedBy: file.selectedBy ?? 'service-date',
    effectiveFrom: file.effectiveFrom,
    effectiveTo: file.effectiveTo,
    isTestOnly: file.testOnly ?? false,
    benefitYearStart: file.benefitYearStart ?? '01-01',
    unverified: book.unverified,
    factsNeeded: Object.entries(file.facts ?? {})
      .filter(([, fact]) => fact.default === undefined)
      .map(([name]) => name),
    split,
    benefits,
    file,
  });
}

/** A formula within a formula …; no published rule comes near, and checks must not exhaust the stack. */
const DEPTH_MAX = 60;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}

function checkDates(book: CompileContext): void {
  const { id, region, effectiveFrom, effectiveTo } = book.file;
  for (const key of ['effectiveFrom', 'effectiveTo'] as const) {
    const day = book.file[key];
    if (day !== undefined && !isDay(day)) report(book, key, day, 'is not a day of the calendar');
  }
  if (effectiveTo !== undefined && effectiveTo < effectiveFrom)
    report(book, 'effectiveTo', effectiveTo, `lies before effectiveFrom ${effectiveFrom}`);
  if (!id.startsWith(`${region}/${effectiveFrom}-`))
    report(book, 'id', id, `must begin with ${region}/${effectiveFrom}-`);
}

/** A fact must not hide what every bill has, nor a figure a fact. */
function checkFacts(book: CompileContext): void {
  const { facts = {}, figures = {} } = book.file;
  for (const name of Object.keys(facts))
    if (isOfEveryBill(name)) report(book, `facts.${name}`, name, 'every bill has this already');
  for (const name of Object.keys(figures))
    if (isOfEveryBill(name) || Object.hasOwn(facts, name))
      report(book, `figures.${name}`, name, 'is the name of a fact');
}

function compileBenefits(scope: AmountScope): Pack['benefits'] {
  const { book } = scope;
  const benefits = (book.file.benefits ?? []).map((benefit, index) => {
    const at = `benefits[${index}]`;
    return {
      rule: ruleOf(book, benefit, at),
      holds: compileCondition(book, benefit.when, `${at}.when`),
      amount: compileAmount(scope, benefit.amount, `${at}.amount`),
    };
  });
  return (input) => {
    const work: Pick<SplitState, 'input' | 'admission' | 'total' | 'inScope' | 'day'> = {
      input,
      admission: 1,
      total: ZERO,
      inScope: ZERO,
      day: input.serviceDate,
    };
    return benefits
      .filter((benefit) => benefit.holds(work as SplitState))
      .map(({ rule, amount }) => ({ ...rule, amount: amount.of(work as SplitState) }));
  };
}
