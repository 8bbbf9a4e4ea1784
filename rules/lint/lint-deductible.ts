/** Deductibles that fall with the hospital level, or rise from admission to admission. */
import { formatFen } from '../../engine/base/money/fen.ts';
import { compare, fraction, ONE } from '../kernel/fraction.ts';
import type { SplitInput } from '../model/bill.ts';
import type { DeductibleFile } from '../model/pack-file-deductible.ts';
import { describeSituation } from './describe-situation.ts';
import { type Finding, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { enumerateSituations } from './situations.ts';

type Choice = DeductibleFile['choices'][number];

/** Warnings on standards by level and on the `repeat` of each choice. */
export function lintDeductible(scope: LintScope): readonly Finding[] {
  const { deductible } = scope.file;
  if (deductible === undefined) return [];
  return [
    ...lintLevels(scope, deductible.choices),
    ...deductible.choices.flatMap((choice, index) =>
      lintRepeat(scope, choice, `deductible.choices[${index}].repeat`),
    ),
  ];
}

/** A higher level of hospital is expected to have the higher standard. */
function lintLevels(scope: LintScope, choices: readonly Choice[]): readonly Finding[] {
  const conditions = choices.flatMap(({ when }) => (when === undefined ? [] : [when]));
  if (!conditions.some(({ levels }) => levels !== undefined)) return [];
  const found = new Map<string, Finding>();
  for (const low of enumerateSituations(scope.file, conditions, 5000).situations) {
    const { level, isCommunity, kind } = low.carePlace;
    if (kind !== 'hospital' || isCommunity || (level !== 1 && level !== 2)) continue;
    const high: SplitInput = {
      ...low,
      carePlace: { ...low.carePlace, level: level === 1 ? 2 : 3 },
    };
    const index = choices.findIndex(({ when }) => scope.holds(when, low));
    const [lower, upper] = [choices[index], choices.find(({ when }) => scope.holds(when, high))];
    const [lowerAmount, upperAmount] = [lower, upper].map((choice) =>
      choice === undefined ? undefined : scope.fixed(choice.amount),
    );
    if (lowerAmount === undefined || upperAmount === undefined || lowerAmount <= upperAmount)
      continue;
    const [from, to] = [`${formatFen(lowerAmount)}`, `${formatFen(upperAmount)}`];
    const key = `${lower?.id}/${upper?.id}`;
    if (found.has(key)) continue;
    const finding = findWarning(`deductible.choices[${index}].amount`, describeSituation(low), {
      en: `the deductible falls from ${from} at this level to ${to} at the next higher one (${upper?.id})`,
      zh: `起付线从本级 ${from} 降到高一级 ${to}（${upper?.id}）`,
    });
    found.set(key, finding);
  }
  return [...found.values()];
}

function lintRepeat(
  scope: LintScope,
  { amount, repeat }: Choice,
  path: string,
): readonly Finding[] {
  if (repeat === undefined) return [];
  const first = scope.fixed(amount);
  if ('amounts' in repeat) {
    const amounts = [...(first === undefined ? [] : [first]), ...repeat.amounts.map(scope.fixed)];
    return isFalling(amounts.map((each) => each ?? 0n)) ? [] : [rises(path, repeat.amounts)];
  }
  if ('factors' in repeat) {
    const factors = repeat.factors.map(fraction);
    return factors.every((factor) => compare(factor, ONE) <= 0)
      ? []
      : [rises(path, repeat.factors)];
  }
  const floor = scope.fixed(repeat.floor);
  if (first === undefined || floor === undefined || floor <= first) return [];
  return [
    findWarning(`${path}.floor`, repeat.floor, {
      en: `the floor lies above the first standard, ${formatFen(first)}`,
      zh: `下限高于首次起付线 ${formatFen(first)}`,
    }),
  ];
}

function isFalling(values: readonly bigint[]): boolean {
  return values.every((value, index) => index === 0 || value <= (values[index - 1] ?? value));
}

function rises(path: string, value: unknown): Finding {
  return findWarning(path, value, {
    en: 'a later admission owes more than an earlier one',
    zh: '后次住院的起付线高于前次',
  });
}
