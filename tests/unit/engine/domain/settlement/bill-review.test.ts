/** The shipped check rules on a bill of the counter. */
import { expect, test } from 'vitest';
import {
  createBillReview,
  describeRefusing,
} from '../../../../../engine/domain/settlement/bill-review.ts';
import { sameForAll } from '../../../../../rules/bill-review/review-model.ts';
import { loadReviewRules } from '../../../../../rules/bill-review/review-rules.ts';
import { bill, line } from '../../../rules/bill-builder.ts';

const rules = loadReviewRules();

/** Two services of which the first contains the second: the rule's own codes. */
function bothOfAnExclusion() {
  const [exclusion] = [...rules.exclusions.values()].flat();
  if (exclusion === undefined) throw new Error('the shipped rules have an exclusion');
  return [
    line('20.00', { code: exclusion.main, name: exclusion.mainName }),
    line('10.00', { code: exclusion.other, name: exclusion.otherName }),
  ];
}

test('services that may not be charged together are found, with their source', () => {
  const check = createBillReview(rules, sameForAll('warn'));
  const [finding] = check(bill(bothOfAnExclusion()));
  expect(finding).toMatchObject({ kind: 'exclusion', severity: 'warn', lineNos: ['1', '2'] });
  expect(finding?.source).not.toBe('');
  expect(check(bill(bothOfAnExclusion().slice(0, 1)))).toEqual([]);
});

test('what refuses is told with its lines, in a text that fits its field', () => {
  const check = createBillReview(rules, sameForAll('refuse'));
  const findings = check(bill(bothOfAnExclusion()));
  expect(describeRefusing(findings)).toMatch(/^1, 2: .+ \/ .+/);
  const many = Array.from({ length: 200 }, () => findings).flat();
  expect(describeRefusing(many).length).toBeLessThanOrEqual(480);
});
