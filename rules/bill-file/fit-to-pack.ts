/** Compares a bill file with its pack: what the pack needs and what it does not use. */

import { type Problem, shortJson } from '../kernel/problem.ts';
import { accumulatorName, accumulatorUses } from '../lint/accumulator-uses.ts';
import { collectConditions } from '../lint/walk-pack.ts';
import type { Pack } from '../model/pack.ts';
import type { ReadBill } from './read-bill-file.ts';
import type { Notice } from './read-lines.ts';

/** Why this pack cannot split the bill: facts or lines missing, counts given as money or the reverse. */
export function misfits(pack: Pack, bill: ReadBill): readonly Problem[] {
  const { insured, accumulators } = bill.input;
  const admissions = pack.file.accumulators.admissions;
  const missing = pack.factsNeeded.filter((name) => insured.factsE4?.has(name) !== true);
  const facts = missing.map((name) => ({
    path: `person.facts.${name}`,
    value: 'nothing',
    rule: `the pack asks for it: ${pack.file.facts?.[name]?.en ?? name}`,
    zh: `规则包需要此项：${pack.file.facts?.[name]?.zh ?? name}`,
  }));
  const totals = [...accumulators.keys()].flatMap((name) => {
    const isCount = bill.counts.has(name);
    if (isCount === (name === admissions)) return [];
    const words = isCount
      ? {
          rule: 'is a sum of money: yuan as text with two decimals',
          zh: '是金额：以元为单位、两位小数的文字',
        }
      : { rule: 'is a number of admissions: a whole number', zh: '是住院次数：整数' };
    const value = shortJson(isCount ? Number(accumulators.get(name)) : name);
    return [{ path: `yearSoFar.${name}`, value, ...words }];
  });
  const needsLines = bill.input.lines.length === 0 && pack.file.benefits === undefined;
  const empty = {
    rule: 'must not be empty: this pack pays nothing beside a bill',
    zh: '不得为空：该规则包在账单之外不支付',
  };
  const lines = needsLines ? [{ path: 'lines', value: '[]', ...empty }] : [];
  return [...facts, ...totals, ...lines];
}

/** Names in the bill that this pack does not use: misspelt, or meant for another pack. */
export function unusedNames(pack: Pack, { input }: ReadBill): readonly Notice[] {
  const conditions = collectConditions(pack.file);
  const known = new Set(
    accumulatorUses(pack.file).map(({ accumulator }) => accumulatorName(accumulator)),
  );
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
  const totals = [...accumulators.keys()].map((key) =>
    accumulatorName(key).replace(/-standard$/, ''),
  );
  return [
    ...unused('yearSoFar', totals, known),
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
      zh: `规则包不使用“${name}”；已知的有 ${[...known].join('、') || '无'}`,
      en: `the pack does not use "${name}"; it knows ${[...known].join(', ') || 'none'}`,
    }));
}
