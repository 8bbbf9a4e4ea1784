import { reviewBill } from '../../../rules/bill-review/review-bill.ts';
import type { BillFinding, ReviewSetting } from '../../../rules/bill-review/review-model.ts';
import type { ReviewRules } from '../../../rules/bill-review/review-rules.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { BillWarning } from './settlement.ts';

/** Looks a bill over before it is split (明细审核). */
export type BillReview = (input: SplitInput) => readonly BillFinding[];

/** Nothing is looked for. */
export const noBillReview: BillReview = () => [];

/** Binds the check rules and what their findings do. */
export function createBillReview(rules: ReviewRules, setting: ReviewSetting): BillReview {
  return ({ lines, careType, carePlace, insured }) => {
    const { scheme, ageYears } = insured;
    return reviewBill(lines, { careType, carePlace, scheme, ageYears }, rules, setting);
  };
}

/** A finding as a settlement and its documents keep it. */
export function toWarning({ kind, lineNos, zh, en, source }: BillFinding): BillWarning {
  return { check: kind, lineNos, zh, en, source };
}

/** What a refusal says of the findings that refuse: short enough for one field, lines first. */
export function describeRefusing(findings: readonly BillFinding[]): string {
  const texts = findings
    .filter(({ severity }) => severity === 'refuse')
    .map(({ lineNos, zh, en }) => `${lineNos.join(', ')}: ${zh} / ${en}`);
  return texts.join('; ').slice(0, DETAIL_MAX);
}

const DETAIL_MAX = 480;
