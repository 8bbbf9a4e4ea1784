import { checkBill } from '../../../rules/bill-checks/check-bill.ts';
import type { CheckSetting, Finding } from '../../../rules/bill-checks/check-model.ts';
import type { CheckRules } from '../../../rules/bill-checks/check-rules.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { BillWarning } from './settlement.ts';

/** Looks a bill over before it is split (明细审核). */
export type BillCheck = (input: SplitInput) => readonly Finding[];

/** Nothing is looked for. */
export const noBillCheck: BillCheck = () => [];

/** Binds the check rules and what their findings do. */
export function createBillCheck(rules: CheckRules, setting: CheckSetting): BillCheck {
  return ({ lines, careType, carePlace, insured }) => {
    const { scheme, ageYears } = insured;
    return checkBill(lines, { careType, carePlace, scheme, ageYears }, rules, setting);
  };
}

/** A finding as a settlement and its documents keep it. */
export function warningOf({ kind, lineNos, zh, en, source }: Finding): BillWarning {
  return { check: kind, lineNos, zh, en, source };
}

/** What a refusal says of the findings that refuse: short enough for one field, lines first. */
export function describeRefusing(findings: readonly Finding[]): string {
  const texts = findings
    .filter(({ severity }) => severity === 'refuse')
    .map(({ lineNos, zh, en }) => `${lineNos.join(', ')}: ${zh} / ${en}`);
  return texts.join('; ').slice(0, DETAIL_MAX);
}

const DETAIL_MAX = 480;
