/** Review rules of a bill, indexed by code. */
import { fail, invariant, ok, type Result } from '../../engine/base/errors/result.ts';
import { formatProblem, type Problem, schemaProblems } from '../kernel/problem.ts';
import exclusionExtract from './data/exclusions.json' with { type: 'json' };
import limitExtract from './data/use-limits.json' with { type: 'json' };
import { type ExclusionFile, ReviewRulesFile, type UseLimitFile } from './review-rules-file.ts';

export type Exclusion = ExclusionFile & { readonly source: string };
export type UseLimit = UseLimitFile & { readonly source: string };

export type ReviewRules = {
  /** By the code of the containing item. */
  readonly exclusions: ReadonlyMap<string, readonly Exclusion[]>;
  readonly limits: ReadonlyMap<string, readonly UseLimit[]>;
  /** The lengths of the prefixes in `limits`. */
  readonly prefixLengths: readonly number[];
};

/** Compiles files of review rules (review-rules-file.ts) into one index. */
export function compileReviewRules(
  files: readonly unknown[],
): Result<ReviewRules, readonly Problem[]> {
  const exclusions = new Map<string, Exclusion[]>();
  const limits = new Map<string, UseLimit[]>();
  for (const value of files) {
    const problems = schemaProblems(ReviewRulesFile, value);
    if (problems.length > 0) return fail(problems);
    const file = value as ReviewRulesFile;
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
export function loadReviewRules(): ReviewRules {
  const compiled = compileReviewRules([exclusionExtract, limitExtract]);
  const problems = compiled.ok ? [] : compiled.error.map(formatProblem);
  invariant(compiled.ok, `the shipped review rules are broken:\n${problems.join('\n')}`);
  return compiled.value;
}

/** The limits of use of an item, by its code. */
export function findLimits(rules: ReviewRules, code: string): readonly UseLimit[] {
  return rules.prefixLengths.flatMap((length) => rules.limits.get(code.slice(0, length)) ?? []);
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
