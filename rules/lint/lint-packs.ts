/** Checks packs together: which pack a bill selects, and which totals packs share. */
import { daysBetween } from '../../engine/base/time/calendar.ts';
import type { Pack } from '../model/pack.ts';
import { type AccumulatorUse, accumulatorName, accumulatorUses } from './accumulator-uses.ts';
import { type Finding, findError, findWarning } from './finding.ts';
import { kindClashes } from './lint-accumulators.ts';
import { lintTraits } from './lint-traits.ts';

/** Paths begin with the pack's id: "110000/2023-01-01-employee-outpatient: effectiveFrom". */
export function lintPacks(packs: readonly Pack[]): readonly Finding[] {
  const live = packs.filter(({ isTestOnly }) => !isTestOnly);
  const findings = [
    ...lintIds(packs),
    ...live.flatMap((pack) => lintReplacement(pack, packs)),
    ...[...groupBy(live, ({ region }) => [region]).values()].flatMap(lintTraits),
    ...[...groupByPerson(live).values()].flatMap((group) => [
      ...lintYears(group),
      ...lintSharedAccumulators(group),
      ...lintUnreadAccumulators(group),
    ]),
    ...[...groupByBillKind(withoutReplaced(live)).values()].flatMap((series) => [
      ...lintOverlaps(series),
      ...lintGaps(series),
    ]),
  ];
  return withoutRepeats(findings);
}

function lintIds(packs: readonly Pack[]): readonly Finding[] {
  const ids = packs.map(({ id }) => id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) =>
    findError(`${id}: id`, id, { en: 'two packs have this id', zh: '两个规则包编号相同' }),
  );
}

/** A correction takes over whole what it corrects; otherwise both decide, each a part. */
function lintReplacement(pack: Pack, packs: readonly Pack[]): readonly Finding[] {
  if (pack.replaces === undefined) return [];
  const path = `${pack.id}: replaces`;
  const replaced = packs.find(({ id }) => id === pack.replaces);
  if (replaced === undefined) {
    const text = {
      en: 'is not among the packs that are checked: check them together',
      zh: '不在所检查的规则包之中，请一并检查',
    };
    return [findWarning(path, pack.replaces, text)];
  }
  const [old, now] = [replaced.file, pack.file];
  const kept = [
    ...(old.region === now.region ? [] : [old.region]),
    ...old.schemes.filter((scheme) => !now.schemes.includes(scheme)),
    ...old.careTypes.filter((type) => !now.careTypes.some((prefix) => type.startsWith(prefix))),
    ...(now.effectiveFrom <= old.effectiveFrom ? [] : [`< ${now.effectiveFrom}`]),
    ...(lastDay(old) <= lastDay(now) ? [] : [`> ${lastDay(now)}`]),
  ];
  if (kept.length === 0) return [];
  const text = {
    en: `goes on deciding for ${kept.join(', ')}, which this pack is not for`,
    zh: `仍适用于本规则包不覆盖的 ${kept.join('、')}`,
  };
  return [findWarning(path, pack.replaces, text)];
}

const lastDay = ({ effectiveTo }: Pack['file']): string => effectiveTo ?? '9999-12-31';

function withoutReplaced(packs: readonly Pack[]): readonly Pack[] {
  const replaced = new Set(packs.map(({ replaces }) => replaces));
  return packs.filter(({ id }) => !replaced.has(id));
}

/** Packs that keep totals for the same person: one region and scheme. */
function groupByPerson(packs: readonly Pack[]): ReadonlyMap<string, readonly Pack[]> {
  return groupBy(packs, ({ region, schemes }) => schemes.map((scheme) => `${region}/${scheme}`));
}

/** Packs that follow each other in time: one region, scheme and care type. */
function groupByBillKind(packs: readonly Pack[]): ReadonlyMap<string, readonly Pack[]> {
  const keys = ({ region, schemes, careTypes }: Pack) =>
    schemes.flatMap((scheme) => careTypes.map((careType) => `${region}/${scheme}/${careType}`));
  const byDate = [...packs].sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1));
  return groupBy(byDate, keys);
}

function groupBy(
  packs: readonly Pack[],
  readKeys: (pack: Pack) => readonly string[],
): ReadonlyMap<string, readonly Pack[]> {
  const groups = new Map<string, Pack[]>();
  for (const pack of packs) {
    for (const key of readKeys(pack)) groups.set(key, [...(groups.get(key) ?? []), pack]);
  }
  return groups;
}

function lintOverlaps(series: readonly Pack[]): readonly Finding[] {
  return series.flatMap((pack, index) => {
    const earlier = series[index - 1];
    if (earlier === undefined || earlier.effectiveFrom !== pack.effectiveFrom) return [];
    return findError(`${pack.id}: effectiveFrom`, pack.effectiveFrom, {
      en: `selects the same bills from the same day as ${earlier.id}`,
      zh: `与 ${earlier.id} 自同一天起适用于相同的账单`,
    });
  });
}

function lintGaps(series: readonly Pack[]): readonly Finding[] {
  return series.flatMap((pack, index) => {
    const next = series[index + 1];
    if (next === undefined || pack.effectiveTo === undefined) return [];
    const covered = series.slice(0, index + 1).map(({ effectiveTo }) => effectiveTo);
    const isOpen = covered.every(
      (day) => day !== undefined && daysBetween(day, next.effectiveFrom) > 1,
    );
    if (!isOpen) return [];
    return findWarning(`${pack.id}: effectiveTo`, pack.effectiveTo, {
      en: `no pack covers the days until ${next.id} begins on ${next.effectiveFrom}`,
      zh: `至 ${next.effectiveFrom}（${next.id}）之间没有规则包`,
    });
  });
}

function lintYears(group: readonly Pack[]): readonly Finding[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const names = accumulatorNames(first);
  return others.flatMap((pack) => {
    if (pack.benefitYearStart === first.benefitYearStart) return [];
    const shared = [...accumulatorNames(pack)].filter((name) => names.has(name));
    const find = shared.length > 0 ? findError : findWarning;
    return find(`${pack.id}: benefitYearStart`, pack.benefitYearStart, {
      en: `differs from ${first.benefitYearStart} of ${first.id}, which keeps totals for the same person`,
      zh: `与 ${first.id} 的 ${first.benefitYearStart} 不同，而两者为同一人累计`,
    });
  });
}

function accumulatorNames(pack: Pack): ReadonlySet<string> {
  return new Set(accumulatorUses(pack.file).map(({ accumulator }) => accumulatorName(accumulator)));
}

function collectUses(group: readonly Pack[]): readonly AccumulatorUse[] {
  return group.flatMap((pack) =>
    accumulatorUses(pack.file).map((use) => ({ ...use, path: `${pack.id}: ${use.path}` })),
  );
}

/** One name, one meaning and one period, whichever pack counts. */
function lintSharedAccumulators(group: readonly Pack[]): readonly Finding[] {
  const uses = collectUses(group);
  const first = new Map<string, AccumulatorUse>();
  const differing = uses.flatMap((use) => {
    const name = accumulatorName(use.accumulator);
    const isLimit = use.isRead && use.kind === 'fund paid';
    const earlier = first.get(name);
    if (!isLimit) return [];
    if (earlier === undefined) first.set(name, use);
    const isOther = earlier !== undefined && packIdIn(earlier) !== packIdIn(use);
    if (!isOther || earlier.accumulator === use.accumulator) return [];
    return findWarning(use.path, use.accumulator, {
      en: `${earlier.path} limits ${earlier.accumulator}: the two are different totals`,
      zh: `${earlier.path} 使用 ${earlier.accumulator}：两者是不同的累计`,
    });
  });
  return [...kindClashes(uses), ...differing];
}

function packIdIn({ path }: AccumulatorUse): string {
  return path.split(': ')[0] ?? path;
}

/**
 * Totals that no pack of the person reads. A total of payments may be kept for the record alone;
 * but where the payer's limits count under other names, one of the names is wrong.
 */
function lintUnreadAccumulators(group: readonly Pack[]): readonly Finding[] {
  const uses = collectUses(group);
  const read = new Set(uses.filter(({ isRead }) => isRead).map(({ accumulator }) => accumulator));
  const hasOtherLimit = ({ path }: AccumulatorUse) => {
    const payer = path.slice(0, path.lastIndexOf('.') + 1);
    return uses.some((use) => use.isRead && use.kind === 'fund paid' && use.path.startsWith(payer));
  };
  return uses
    .filter(({ accumulator }) => !read.has(accumulator))
    .filter((use) => use.kind === 'base money' || (use.kind === 'fund paid' && hasOtherLimit(use)))
    .map(({ path, accumulator }) =>
      findWarning(path, accumulator, {
        en: 'is counted, and no edge, cap or limit of the region uses it',
        zh: '有累计，但该地区没有分段、限额用到它',
      }),
    );
}

/** A pack for two schemes is checked twice. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = JSON.stringify(finding);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
