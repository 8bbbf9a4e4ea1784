/** Rules for checking a bill, arranged for looking up by code. */
import { fail, invariant, ok, type Result } from '../../engine/domain/errors/result.ts';
import { formatProblem, type Problem, schemaProblems } from '../kernel/problem.ts';
import { CheckRulesFile, type ExclusionFile, type UseLimitFile } from './check-rules-file.ts';
import exclusionExtract from './data/exclusions.json' with { type: 'json' };
import limitExtract from './data/use-limits.json' with { type: 'json' };

export type Exclusion = ExclusionFile & { readonly source: string };
export type UseLimit = UseLimitFile & { readonly source: string };

export type CheckRules = {
  /** By the code of the containing item. */
  readonly exclusions: ReadonlyMap<string, readonly Exclusion[]>;
  readonly limits: ReadonlyMap<string, readonly UseLimit[]>;
  /** The lengths that the prefixes of `limits` have. */
  readonly prefixLengths: readonly number[];
};

/** Compiles files of check rules (rules/bill-checks/check-rules-file.ts) into one. */
export function compileCheckRules(
  files: readonly unknown[],
): Result<CheckRules, readonly Problem[]> {
  const exclusions = new Map<string, Exclusion[]>();
  const limits = new Map<string, UseLimit[]>();
  for (const value of files) {
    const problems = schemaProblems(CheckRulesFile, value);
    if (problems.length > 0) return fail(problems);
    const file = value as CheckRulesFile;
    for (const row of file.exclusions ?? [])
      add(exclusions, row.main, { ...row, source: row.source ?? file.source });
    for (const row of file.limits ?? [])
      add(limits, row.prefix, { ...row, source: row.source ?? file.source });
  }
  const prefixLengths = [...new Set([...limits.keys()].map(({ length }) => length))].sort(
    (a, b) => a - b,
  );
  return ok({ exclusions, limits, prefixLengths });
}

/** The shipped extracts; throws `InvariantViolation` with all problems if one is broken. */
export function loadCheckRules(): CheckRules {
  const compiled = compileCheckRules([exclusionExtract, limitExtract]);
  const problems = compiled.ok ? [] : compiled.error.map(formatProblem);
  invariant(compiled.ok, `the shipped check rules are broken:\n${problems.join('\n')}`);
  return compiled.value;
}

/** The limits that are about an item. */
export function limitsOf(rules: CheckRules, code: string): readonly UseLimit[] {
  return rules.prefixLengths.flatMap((length) => rules.limits.get(code.slice(0, length)) ?? []);
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
