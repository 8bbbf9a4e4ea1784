/**
 * Whether the pack says so when two bills of a day are split otherwise than one bill of their
 * lines.
 */
import type { PayerFile } from '../model/pack-file-payers.ts';
import type { AmountFile } from '../model/pack-file-values.ts';
import { type Finding, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { collectConditions, namesUsed } from './walk-pack.ts';

/** Reports `notAdditive` where it is needed and missing, or given without need. */
export function lintAdditivity(scope: LintScope): readonly Finding[] {
  const reasons = reasonsNotAdditive(scope);
  const { notAdditive } = scope.file;
  const [first] = reasons;
  if (first !== undefined && notAdditive === undefined) {
    return [
      findWarning('notAdditive', undefined, {
        en: `missing: two bills of a day differ from one bill of their lines (${reasons.join('; ')})`,
        zh: `缺少说明：同日两张账单与合并为一张的结果不同（${reasons.join('；')}）`,
      }),
    ];
  }
  if (first === undefined && notAdditive !== undefined) {
    return [
      findWarning('notAdditive', notAdditive.en, {
        en: 'nothing in this pack makes two bills of a day differ from one bill of their lines',
        zh: '该规则包中没有使同日两张账单与合并结果不同的规则',
      }),
    ];
  }
  return [];
}

/** Paths of the rules that treat each bill by itself. */
export function reasonsNotAdditive(scope: LintScope): readonly string[] {
  const { deductible, payers, account } = scope.file;
  const reasons: string[] = [];
  const isPerBill = deductible?.mode === 'per-visit' || deductible?.mode === 'per-admission';
  if (isPerBill && deductible.choices.some(({ amount }) => scope.fixed(amount) !== 0n))
    reasons.push(`deductible ${deductible.mode}`);
  if (deductible?.choices.some(({ amount }) => dependsOnBill(amount)) === true)
    reasons.push('deductible by the size of the bill');
  // Other money that fills the deductible is on one of the two bills only.
  if (deductible?.alsoCounts !== undefined) reasons.push('deductible.alsoCounts');
  reasons.push(...payers.flatMap((payer, index) => payerReasons(payer, `payers[${index}]`)));
  if (account.limits?.some(({ counter }) => counter === undefined) === true)
    reasons.push('account.limits of each bill');
  const isByAdmission = collectConditions(scope.file).some(
    ({ admissionFrom, admissionTo }) => admissionFrom !== undefined || admissionTo !== undefined,
  );
  if (isByAdmission) reasons.push('conditions on the number of the admission');
  return reasons;
}

function payerReasons(payer: PayerFile, path: string): readonly string[] {
  const { edges, choices, thresholds = [], caps = [], guarantees = [] } = payer;
  const reasons: string[] = [];
  if (edges.startsWith('bill-')) {
    if (choices.some(({ bands }) => bands.length > 1)) reasons.push(`${path}.choices by ${edges}`);
    if (thresholds.length > 0) reasons.push(`${path}.thresholds by ${edges}`);
  }
  if (caps.some(({ counter }) => counter === undefined)) reasons.push(`${path}.caps of each bill`);
  if (guarantees.length > 0) reasons.push(`${path}.guarantees`);
  const amounts = [...thresholds, ...caps].map(({ amount }) => amount);
  if (amounts.some(dependsOnBill)) reasons.push(`${path} by the size of the bill`);
  return reasons;
}

function dependsOnBill(amount: AmountFile): boolean {
  const names = namesUsed({ amount });
  return names.has('total') || names.has('in-scope');
}
