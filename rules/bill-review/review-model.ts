/** The facts, findings and settings of a bill review. */
import type { CarePlace, CareType, PricedLine } from '../model/bill.ts';

export const REVIEW_KINDS = [
  ...(['exclusion', 'insurance', 'place', 'care', 'department', 'sex', 'age'] as const),
  ...(['disease', 'frequency', 'text'] as const),
] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** The effect of a finding, by kind. A text for a person to judge never refuses. */
export type ReviewSetting = {
  readonly [Kind in Exclude<ReviewKind, 'text'>]: 'off' | 'warn' | 'refuse';
} & { readonly text: 'off' | 'warn' };

/** One effect for every kind; texts warn at most. */
export function sameForAll(effect: 'off' | 'warn' | 'refuse'): ReviewSetting {
  const kinds = REVIEW_KINDS.map((kind) => [kind, effect]);
  const all = Object.fromEntries(kinds) as Record<Exclude<ReviewKind, 'text'>, typeof effect>;
  return { ...all, text: effect === 'off' ? 'off' : 'warn' };
}

export type BillFacts = {
  readonly careType: CareType;
  readonly carePlace: CarePlace;
  /** 险种 `insutype`. */
  readonly scheme: string;
  readonly ageYears: number;
  /** Of a child in its first year, if known. */
  readonly ageDays?: number;
  readonly sex?: 'female' | 'male';
  /** Name of the department 科室, if known. */
  readonly department?: string;
  /** Names of all diagnoses 诊断名称; absent = not known. */
  readonly diagnoses?: readonly string[];
  /** Codes that earlier bills of this day charged. */
  readonly earlierToday?: readonly string[];
  /** Codes that earlier bills of this visit or stay charged. */
  readonly earlierInVisit?: readonly string[];
};

export type BillFinding = {
  readonly kind: ReviewKind;
  readonly severity: 'warn' | 'refuse';
  /** Lines of the bill, in its order. */
  readonly lineNos: readonly string[];
  readonly zh: string;
  readonly en: string;
  readonly source: string;
};

/** A finding before the setting decides its effect. */
export type FoundBreach = Omit<BillFinding, 'severity'>;

export type CodedLine = { readonly line: PricedLine; readonly code: string };

/** 住院 care: 21 … 29 and inpatient maternity 52. */
export function isInpatient(careType: CareType): boolean {
  return careType.startsWith('2') || careType.startsWith('52');
}
