/** Running totals of one pack: yearly limits without a total, names with two meanings. */
import { type AccumulatorUse, accumulatorUses } from './accumulator-uses.ts';
import { type Finding, findError, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { collectConditions, namesUsed } from './walk-pack.ts';

const OF_A_PERIOD =
  /年度|每年|全年|一年|一个年度|每月|月度|季度|yearly|annual|a year|monthly|a month|quarter/i;

export function lintAccumulators({ file }: LintScope): readonly Finding[] {
  return [
    ...kindClashes(accumulatorUses(file)),
    ...file.payers.flatMap(({ caps = [] }, index) =>
      caps.flatMap((cap, nth) => uncounted(cap, `payers[${index}].caps[${nth}]`)),
    ),
    ...(file.account.limits ?? []).flatMap((limit, index) =>
      uncounted(limit, `account.limits[${index}]`),
    ),
    ...lintDeductibleAccumulator({ file }),
    ...lintAdmissions({ file }),
  ];
}

/** One name for two kinds of money: the total would be neither. */
export function kindClashes(uses: readonly AccumulatorUse[]): readonly Finding[] {
  const first = new Map<string, AccumulatorUse>();
  return uses.flatMap((use) => {
    const earlier = first.get(use.accumulator);
    if (earlier === undefined) first.set(use.accumulator, use);
    if (earlier === undefined || earlier.kind === use.kind) return [];
    return findError(use.path, use.accumulator, {
      en: `counts ${use.kind}, but the same name counts ${earlier.kind} at ${earlier.path}`,
      zh: `此处与 ${earlier.path} 用同一名称累计不同的内容`,
    });
  });
}

type Limit = { readonly counter?: string; readonly zh: string; readonly en: string };

function uncounted({ counter, zh, en }: Limit, path: string): readonly Finding[] {
  if (counter !== undefined || !OF_A_PERIOD.test(`${zh} ${en}`)) return [];
  return [
    findWarning(path, en, {
      en: 'its words speak of a period, but without a counter it limits each bill by itself',
      zh: '文字说的是一段时期的限额，但没有计数器，只限制单张账单',
    }),
  ];
}

function lintDeductibleAccumulator({ file }: Pick<LintScope, 'file'>): readonly Finding[] {
  const { counter, mode } = file.deductible ?? {};
  if (counter === undefined || (mode !== 'per-visit' && mode !== 'per-admission')) return [];
  if (file.deductible?.yearlyCeiling?.counter === counter) return [];
  return [
    findWarning('deductible.counter', counter, {
      en: `is counted and never used: the deductible is ${mode}`,
      zh: '累计后从不使用：起付线按次计算',
    }),
  ];
}

/** Where admissions are not counted, every one is the first. */
function lintAdmissions({ file }: Pick<LintScope, 'file'>): readonly Finding[] {
  if (file.accumulators.admissions !== undefined) return [];
  const isRepeated = file.deductible?.choices.some(({ repeat }) => repeat !== undefined) ?? false;
  const isAsked = collectConditions(file).some(
    ({ admissionFrom, admissionTo }) => admissionFrom !== undefined || admissionTo !== undefined,
  );
  if (!isRepeated && !isAsked && !namesUsed(file).has('admission')) return [];
  return [
    findError('accumulators.admissions', undefined, {
      en: 'the pack asks for the number of the admission, but nothing counts admissions: it is always 1',
      zh: '规则用到住院次数，但没有累计住院次数，永远是第一次',
    }),
  ];
}
