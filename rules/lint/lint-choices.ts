/** Lists of choices: entries that no bill can reach, and bills for which no entry holds. */
import type { SplitInput } from '../model/bill.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { describeSituation } from './describe-situation.ts';
import { type Finding, findError, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { enumerateSituations } from './situations.ts';

type Entry = { readonly id: string; readonly when?: ConditionFile | undefined };
type Choices = {
  readonly path: string;
  readonly entries: readonly Entry[];
  /** Condition of the payer that owns the list. */
  readonly within?: ConditionFile | undefined;
};

const SITUATIONS_MAX = 20_000;
/** Funds that pay the basic benefit; the others supplement it. */
const MAIN_FIELDS: readonly string[] = ['hifp_pay', 'hifob_pay', 'oth_pay'];

/** Reports entries that are never reached, and gaps of the deductible, main payers and account. */
export function lintChoices(scope: LintScope): readonly Finding[] {
  return [
    ...collectLists(scope).flatMap((list) => lintReach(scope, list)),
    ...lintDeductibleGap(scope),
    ...lintAccountGap(scope),
    ...lintPayerGap(scope),
  ];
}

function collectLists({ file }: LintScope): readonly Choices[] {
  const { deductible, outOfAreaSelfPay = [], account } = file;
  return [
    { path: 'deductible.choices', entries: deductible?.choices ?? [] },
    { path: 'deductible.waivers', entries: deductible?.waivers ?? [] },
    { path: 'outOfAreaSelfPay', entries: outOfAreaSelfPay },
    ...file.payers.flatMap((payer, index) => {
      const { when: within, choices, thresholds = [], guarantees = [] } = payer;
      const path = `payers[${index}]`;
      return [
        { path: `${path}.choices`, entries: choices, within },
        { path: `${path}.thresholds`, entries: thresholds, within },
        { path: `${path}.guarantees`, entries: guarantees, within },
      ];
    }),
    { path: 'account.choices', entries: account.choices },
    { path: 'account.family', entries: account.family ?? [] },
  ];
}

function lintReach(scope: LintScope, { path, entries, within }: Choices): readonly Finding[] {
  if (entries.length === 0) return [];
  const conditions = collectConditions([...entries, { id: '', when: within }]);
  const { situations, isComplete } = enumerateSituations(scope.file, conditions, SITUATIONS_MAX);
  const reached = new Set<number>();
  const held = new Set<number>();
  for (const situation of situations) {
    if (!scope.holds(within, situation)) continue;
    let isFirst = true;
    entries.forEach(({ when }, index) => {
      if (!scope.holds(when, situation)) return;
      held.add(index);
      if (isFirst) reached.add(index);
      isFirst = false;
    });
  }
  return entries.flatMap(({ id, when }, index) => {
    if (reached.has(index)) return [];
    const entryPath = `${path}[${index}].when`;
    const open = entries.slice(0, index).find((earlier) => earlier.when === undefined);
    if (held.has(index) && (isComplete || open !== undefined)) {
      return findError(entryPath, when ?? id, {
        en: `never reached: the entries before it take every bill for which ${id} holds`,
        zh: `永远轮不到：凡适用 ${id} 的账单都先落入前面的条目`,
      });
    }
    if (held.has(index) || !isComplete) return [];
    return findWarning(entryPath, when ?? id, {
      en: `holds for no bill of this pack (schemes, care types, or the conditions exclude each other)`,
      zh: '该规则包的任何账单都不适用（险种、医疗类别不符，或条件互斥）',
    });
  });
}

function collectConditions(entries: readonly Entry[]): readonly ConditionFile[] {
  return entries.flatMap(({ when }) => (when === undefined ? [] : [when]));
}

function lintDeductibleGap(scope: LintScope): readonly Finding[] {
  const { deductible } = scope.file;
  if (deductible === undefined) return [];
  const gap = findGap(scope, [{ path: '', entries: deductible.choices }]);
  if (gap === undefined) return [];
  return [
    findError('deductible.choices', undefined, {
      en: `no deductible is due ${gap.en}: no choice holds; add a last one without a condition`,
      zh: `${gap.zh}没有适用的起付线，按零计算；请在末尾加一条无条件的条目`,
    }),
  ];
}

function lintAccountGap(scope: LintScope): readonly Finding[] {
  const gap = findGap(scope, [{ path: '', entries: scope.file.account.choices }]);
  if (gap === undefined) return [];
  return [
    findWarning('account.choices', undefined, {
      en: `the personal account pays nothing ${gap.en}, because no choice holds`,
      zh: `${gap.zh}没有适用的条目，个人账户不支付`,
    }),
  ];
}

function lintPayerGap(scope: LintScope): readonly Finding[] {
  const ofCoinsurance = scope.file.payers.filter(({ from }) => from.includes('coinsurance'));
  const main = ofCoinsurance.filter(({ field }) => MAIN_FIELDS.includes(field));
  const payers: readonly PayerFile[] = main.length > 0 ? main : ofCoinsurance;
  if (payers.length === 0) return [];
  const lists = payers.map(({ choices, when }) => ({ path: '', entries: choices, within: when }));
  const gap = findGap(scope, lists);
  if (gap === undefined) return [];
  return [
    findWarning('payers', undefined, {
      en: `no main payer takes a share of the money after the deductible ${gap.en}`,
      zh: `${gap.zh}起付线以上的费用没有主要支付方`,
    }),
  ];
}

type Gap = { readonly en: string; readonly zh: string };

/** Describes the situations in which no entry of any list holds; undefined when there are none. */
function findGap(scope: LintScope, lists: readonly Choices[]): Gap | undefined {
  const conditions = lists.flatMap(({ entries, within }) =>
    collectConditions([...entries, { id: '', when: within }]),
  );
  const { situations } = enumerateSituations(scope.file, conditions, SITUATIONS_MAX);
  const isCovered = (situation: SplitInput) =>
    lists.some(
      ({ entries, within }) =>
        scope.holds(within, situation) && entries.some(({ when }) => scope.holds(when, situation)),
    );
  const open = situations.filter((situation) => !isCovered(situation));
  const [first] = open;
  if (first === undefined) return undefined;
  const [some, all] = [open.length, situations.length];
  const example = describeSituation(first);
  return {
    en: `in ${some} of ${all} situations (such as ${example})`,
    zh: `${all} 种情形中有 ${some} 种（例如 ${example}）`,
  };
}
