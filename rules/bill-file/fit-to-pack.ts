/** What a bill file says that its pack does not ask for, and the other way round. */

import { type Problem, shortJson } from '../kernel/problem.ts';
import { counterName, counterUses } from '../lint/counter-uses.ts';
import { conditionsOf } from '../lint/walk-pack.ts';
import type { Pack } from '../model/pack.ts';
import type { ReadBill } from './read-bill-file.ts';
import type { Notice } from './read-lines.ts';

/** What keeps this pack from splitting the bill: facts that it needs, counts given as money. */
export function misfits(pack: Pack, bill: ReadBill): readonly Problem[] {
  const { insured, accumulators } = bill.input;
  const admissions = pack.file.accumulators.admissions;
  const missing = pack.factsNeeded.filter((name) => insured.factsE4?.has(name) !== true);
  const facts = missing.map((name) => ({
    path: `person.facts.${name}`,
    value: 'nothing',
    rule: `the pack asks for it: ${pack.file.facts?.[name]?.en ?? name}`,
  }));
  const totals = [...accumulators.keys()].flatMap((name) => {
    const isCount = bill.counts.has(name);
    if (isCount === (name === admissions)) return [];
    const rule = isCount
      ? 'is a sum of money: yuan as text with two decimals'
      : 'is a number of admissions: a whole number';
    const value = shortJson(isCount ? Number(accumulators.get(name)) : name);
    return [{ path: `yearSoFar.${name}`, value, rule }];
  });
  return [...facts, ...totals];
}

/** Names in the bill that this pack never looks at: misspelt, or meant for another pack. */
export function unusedNames(pack: Pack, { input }: ReadBill): readonly Notice[] {
  const conditions = conditionsOf(pack.file);
  const counters = new Set(counterUses(pack.file).map(({ counter }) => counterName(counter)));
  const traits = new Set(
    conditions.flatMap(({ traits: all = [], anyTrait = [], noTraits = [] }) => [
      ...all,
      ...anyTrait,
      ...noTraits,
    ]),
  );
  const marks = new Set(conditions.flatMap(({ placeMarks = [] }) => placeMarks));
  const facts = new Set(Object.keys(pack.file.facts ?? {}));
  const { insured, carePlace, accumulators } = input;
  const totals = [...accumulators.keys()].map((key) => counterName(key).replace(/-standard$/, ''));
  return [
    ...unused('yearSoFar', totals, counters),
    ...unused('person.traits', [...insured.traits], traits),
    ...unused('person.facts', [...(insured.factsE4?.keys() ?? [])], facts),
    ...unused('place.marks', carePlace.marks ?? [], marks),
  ];
}

function unused(
  path: string,
  names: readonly string[],
  known: ReadonlySet<string>,
): readonly Notice[] {
  return names
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: `${path}.${name}`,
      zh: `规则包不使用“${name}”`,
      en: `the pack does not look at "${name}"; it knows ${[...known].join(', ') || 'none'}`,
    }));
}
