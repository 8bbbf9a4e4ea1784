import { reviewBill } from '../../../rules/bill-review/review-bill.ts';
import type { BillFinding, ReviewSetting } from '../../../rules/bill-review/review-model.ts';
import type { ReviewRules } from '../../../rules/bill-review/review-rules.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import { DETAIL_MAX } from '../../base/errors/problem.ts';
import type { BillWarning } from './settlement.ts';

/** Reviews a bill before it is split (明细审核). */
export type BillReview = (input: SplitInput) => readonly BillFinding[];

/** A review that finds nothing. */
export const noBillReview: BillReview = () => [];

/** Creates a review from its rules and the effect of findings. */
export function createBillReview(rules: ReviewRules, setting: ReviewSetting): BillReview {
  return ({ lines, careType, carePlace, insured }) => {
    const { scheme, ageYears } = insured;
    return reviewBill(lines, { careType, carePlace, scheme, ageYears }, rules, setting);
  };
}

/** Converts a finding to the form that settlements and documents keep. */
export function toWarning({ kind, lineNos, zh, en, source }: BillFinding): BillWarning {
  return { check: kind, lineNos, zh, en, source };
}

/** Describes the refusing findings for a refusal's detail: line numbers first, at most 480 characters. */
export function describeRefusing(findings: readonly BillFinding[]): string {
  const texts = findings
    .filter(({ severity }) => severity === 'refuse')
    .map(({ lineNos, zh, en }) => `${lineNos.join(', ')}: ${zh} / ${en}`);
  return texts.join('; ').slice(0, DETAIL_MAX);
}
