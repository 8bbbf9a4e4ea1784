import { type BillFacts, type CodedLine, type FoundBreach, isInpatient } from './review-model.ts';
import type { Exclusion, ReviewRules } from './review-rules.ts';

const PERIOD_WORDS = {
  visit: { zh: '同次就诊', en: 'in one visit' },
  day: { zh: '同日', en: 'on one day' },
  '6-hours': { zh: '6小时内', en: 'within six hours' },
  hour: { zh: '同一小时内', en: 'within one hour' },
} as const;

/** Pairs of items that may not be charged together, within the bill and with earlier bills. */
export function reviewExclusions(
  lines: readonly CodedLine[],
  facts: BillFacts,
  rules: ReviewRules,
): readonly FoundBreach[] {
  const byCode = new Map<string, CodedLine[]>();
  for (const line of lines) byCode.set(line.code, [...(byCode.get(line.code) ?? []), line]);
  const earlier = new Set([...(facts.earlierToday ?? []), ...(facts.earlierInVisit ?? [])]);
  const found: FoundBreach[] = [];
  for (const main of new Set([...byCode.keys(), ...earlier])) {
    for (const exclusion of rules.exclusions.get(main) ?? []) {
      const mains = byCode.get(main) ?? [];
      const others = byCode.get(exclusion.other) ?? [];
      const meetsEarlier = others.length === 0 && earlier.has(exclusion.other);
      if (mains.length + others.length === 0 || (others.length === 0 && !meetsEarlier)) continue;
      const partner = mains.length === 0 ? main : meetsEarlier ? exclusion.other : undefined;
      const breach = findBreach(exclusion, facts, partner);
      if (breach === undefined) continue;
      const lineNos = [...mains, ...others].map(({ line }) => line.lineNo);
      found.push({ ...breach, lineNos });
    }
  }
  return found;
}

/**
 * An outpatient bill is one visit and one day. The days of a stay, and hours, are not on the bill: such
 * pairs are reported for a person to check.
 * @param partner code on an earlier bill; undefined when both codes are on this one
 */
function findBreach(
  exclusion: Exclusion,
  facts: BillFacts,
  partner: string | undefined,
): Omit<FoundBreach, 'lineNos'> | undefined {
  const { period, mainName, otherName, remark, source } = exclusion;
  const isSameDay =
    partner === undefined
      ? !isInpatient(facts.careType)
      : (facts.earlierToday ?? []).includes(partner);
  const isSameVisit = partner === undefined || (facts.earlierInVisit ?? []).includes(partner);
  if (period === 'visit' && !isSameVisit) return undefined;
  // The earlier bill is of another day of the stay.
  if (period !== 'visit' && partner !== undefined && !isSameDay) return undefined;
  const isDecided = period === 'visit' || (period === 'day' && isSameDay);
  const words = PERIOD_WORDS[period];
  const why = remark === undefined ? '' : `（${remark}）`;
  const zh = `“${mainName}”已包含“${otherName}”，${words.zh}不得重复收取${why}`;
  const en = `“${otherName}” is part of “${mainName}” and may not be charged beside it ${words.en}`;
  if (isDecided) return { kind: 'exclusion', zh, en, source };
  return { kind: 'text', zh: `请核对时间：${zh}`, en: `Check the times: ${en}`, source };
}
