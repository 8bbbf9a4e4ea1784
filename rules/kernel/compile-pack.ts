/**
 * Compiles a pack file into closures that `splitBill` runs, or reports every problem in it. Ratios
 * become fractions, amounts fen; nothing is rounded here.
 */

import { fail, ok, type Result } from '../../engine/base/errors/result.ts';
import { ZERO } from '../../engine/base/money/fen.ts';
import { isDay } from '../../engine/base/time/calendar.ts';
import type { Pack } from '../model/pack.ts';
import { PackFile } from '../model/pack-file.ts';
import { type AmountScope, compileAmount, compileFigures } from './amount.ts';
import {
  type CompileContext,
  compileRule,
  openCompileContext,
  reportProblem,
} from './compile-context.ts';
import { compileSplit } from './compile-split.ts';
import { checkCareTypes, compileCondition } from './condition.ts';
import { isBillFact } from './person-fact.ts';
import { type Problem, schemaProblems } from './problem.ts';
import type { SplitState } from './split-state.ts';

/**
 * Checks and compiles a pack. `value` is parsed JSON; each problem has its path, the value there,
 * and what must hold.
 */
export function compilePack(value: unknown): Result<Pack, readonly Problem[]> {
  const problems = isDeeperThan(DEPTH_MAX, value)
    ? [
        {
          path: '',
          value: 'nested',
          rule: `at most ${DEPTH_MAX} levels deep`,
          zh: `嵌套最多 ${DEPTH_MAX} 层`,
        },
      ]
    : schemaProblems(PackFile, value);
  if (problems.length > 0) return fail(problems);
  const file = value as PackFile;
  const context = openCompileContext(file);
  checkDates(context);
  checkCareTypes(context, file.careTypes, 'careTypes');
  checkFacts(context);
  const scope: AmountScope = { context, figures: compileFigures(context) };
  const splitOnly = compileSplit(scope);
  const benefits = compileBenefits(scope);
  if (context.problems.length > 0) return fail(context.problems);
  return ok({
    id: file.id,
    region: file.region,
    name: file.name,
    schemes: file.schemes,
    careTypes: file.careTypes,
    selectedBy: file.selectedBy ?? 'service-date',
    effectiveFrom: file.effectiveFrom,
    effectiveTo: file.effectiveTo,
    replaces: file.replaces,
    isTestOnly: file.testOnly ?? false,
    benefitYearStart: file.benefitYearStart ?? '01-01',
    unverified: context.unverified,
    factsNeeded: Object.entries(file.facts ?? {})
      .filter(([, fact]) => fact.default === undefined)
      .map(([name]) => name),
    split:
      file.benefits === undefined
        ? splitOnly
        : (input, explain) => ({ ...splitOnly(input, explain), benefits: benefits(input) }),
    benefits,
    file,
  });
}

/** Formulas within formulas: far more than any published rule, few enough for the stack. */
const DEPTH_MAX = 60;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}

function checkDates(context: CompileContext): void {
  const { id, region, effectiveFrom, effectiveTo } = context.file;
  for (const key of ['effectiveFrom', 'effectiveTo'] as const) {
    const day = context.file[key];
    if (day !== undefined && !isDay(day))
      reportProblem(context, key, day, {
        rule: 'is not a day of the calendar',
        zh: '不是日历上的日期',
      });
  }
  if (effectiveTo !== undefined && effectiveTo < effectiveFrom)
    reportProblem(context, 'effectiveTo', effectiveTo, {
      rule: `lies before effectiveFrom ${effectiveFrom}`,
      zh: `早于首日 effectiveFrom ${effectiveFrom}`,
    });
  if (context.file.replaces === id)
    reportProblem(context, 'replaces', id, {
      rule: 'is the pack itself: a correction has another id',
      zh: '是规则包自身；更正须另用编号',
    });
  if (!id.startsWith(`${region}/${effectiveFrom}-`))
    reportProblem(context, 'id', id, {
      rule: `must begin with ${region}/${effectiveFrom}-`,
      zh: `须以 ${region}/${effectiveFrom}- 开头`,
    });
}

/** The name of a fact must not hide a fact of every bill, nor a figure's name either of them. */
function checkFacts(context: CompileContext): void {
  const { facts = {}, figures = {} } = context.file;
  for (const name of Object.keys(facts))
    if (isBillFact(name))
      reportProblem(context, `facts.${name}`, name, {
        rule: 'every bill has this already',
        zh: '每张账单已有此项，请换一个名称',
      });
  for (const name of Object.keys(figures))
    if (isBillFact(name) || Object.hasOwn(facts, name))
      reportProblem(context, `figures.${name}`, name, {
        rule: 'is the name of a fact',
        zh: '与信息项（facts）重名',
      });
}

/** They are sums paid beside a bill, so they need no lines. */
function compileBenefits(scope: AmountScope): Pack['benefits'] {
  const { context } = scope;
  const benefits = (context.file.benefits ?? []).map((benefit, index) => {
    const path = `benefits[${index}]`;
    return {
      rule: compileRule(context, benefit, path),
      holds: compileCondition(context, benefit.when, `${path}.when`),
      amount: compileAmount(scope, benefit.amount, `${path}.amount`),
    };
  });
  return (input) => {
    const state: Pick<SplitState, 'input' | 'admission' | 'total' | 'inScope' | 'day'> = {
      input,
      admission: 1,
      total: ZERO,
      inScope: ZERO,
      day: input.serviceDate,
    };
    return benefits
      .filter((benefit) => benefit.holds(state as SplitState))
      .map(({ rule: { id, ...words }, amount }) => ({
        rule: id,
        ...words,
        amount: amount.of(state as SplitState),
      }));
  };
}
