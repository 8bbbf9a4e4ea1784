/**
 * Looks a bill over before it is split: items that may not be charged together, and limits of use.
 * Only what the facts decide is decided; where a fact is missing, or a limit is words that a person
 * must judge, the finding quotes it and never refuses.
 */
import type { PricedLine } from '../model/bill.ts';
import { checkExclusions } from './check-exclusions.ts';
import type { BillFacts, CheckSetting, Finding } from './check-model.ts';
import type { CheckRules } from './check-rules.ts';
import { checkUseLimits } from './check-use-limits.ts';

/** All findings, in the order of the lines; none for lines without an insurance code. */
export function checkBill(
  lines: readonly PricedLine[],
  facts: BillFacts,
  rules: CheckRules,
  setting: CheckSetting,
): readonly Finding[] {
  const coded = lines.flatMap((line) =>
    line.code === undefined ? [] : [{ line, code: line.code }],
  );
  const found = [...checkExclusions(coded, facts, rules), ...checkUseLimits(coded, facts, rules)];
  return found.flatMap((breach) => {
    const severity = setting[breach.kind];
    return severity === 'off' ? [] : [{ ...breach, severity }];
  });
}
