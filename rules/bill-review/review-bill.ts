/**
 * Reviews a bill before it is split: items that may not be charged together, and limits of use.
 * Where a fact is missing, or a limit is text for a person to judge, the finding quotes it and
 * never refuses.
 */
import type { PricedLine } from '../model/bill.ts';
import { reviewExclusions } from './review-exclusions.ts';
import type { BillFacts, BillFinding, ReviewSetting } from './review-model.ts';
import type { ReviewRules } from './review-rules.ts';
import { reviewUseLimits } from './review-use-limits.ts';

/** All findings, in the order of the lines; none for lines without an insurance code. */
export function reviewBill(
  lines: readonly PricedLine[],
  facts: BillFacts,
  rules: ReviewRules,
  setting: ReviewSetting,
): readonly BillFinding[] {
  const coded = lines.flatMap((line) =>
    line.code === undefined ? [] : [{ line, code: line.code }],
  );
  const found = [...reviewExclusions(coded, facts, rules), ...reviewUseLimits(coded, facts, rules)];
  return found.flatMap((breach) => {
    const severity = setting[breach.kind];
    return severity === 'off' ? [] : [{ ...breach, severity }];
  });
}
