/** Does the pack say so when two bills of a day cost another sum than one bill of their lines? */
import type { PayerFile } from '../model/pack-file-payers.ts';
import type { AmountFile } from '../model/pack-file-values.ts';
import { type Finding, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { conditionsOf, namesUsed } from './walk-pack.ts';

/** `notAdditive` that is missing though needed, or there for no reason. */
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

/** Places of the rules that look at one bill by itself. */
export function reasonsNotAdditive(scope: LintScope): readonly string[] {
  const { deductible, payers, account } = scope.file;
  const reasons: string[] = [];
  const isEachTime = deductible?.mode === 'per-visit' || deductible?.mode === 'per-admission';
  if (isEachTime && deductible.choices.some(({ amount }) => scope.fixed(amount) !== 0n))
    reasons.push(`deductible ${deductible.mode}`);
  if (deductible?.choices.some(({ amount }) => asksForBill(amount)) === true)
    reasons.push('deductible by the size of the bill');
  // What fills the deductible beside in-scope money stands in one of the two bills.
  if (deductible?.alsoCounts !== undefined) reasons.push('deductible.alsoCounts');
  reasons.push(...payers.flatMap((payer, index) => reasonsOf(payer, `payers[${index}]`)));
  if (account.limits?.some(({ counter }) => counter === undefined) === true)
    reasons.push('account.limits of each bill');
  const isByAdmission = conditionsOf(scope.file).some(
    ({ admissionFrom, admissionTo }) => admissionFrom !== undefined || admissionTo !== undefined,
  );
  if (isByAdmission) reasons.push('conditions on the number of the admission');
  return reasons;
}

function reasonsOf(payer: PayerFile, path: string): readonly string[] {
  const { edges, choices, thresholds = [], caps = [], guarantees = [] } = payer;
  const reasons: string[] = [];
  if (edges.startsWith('bill-')) {
    if (choices.some(({ bands }) => bands.length > 1)) reasons.push(`${path}.choices by ${edges}`);
    if (thresholds.length > 0) reasons.push(`${path}.thresholds by ${edges}`);
  }
  if (caps.some(({ counter }) => counter === undefined)) reasons.push(`${path}.caps of each bill`);
  if (guarantees.length > 0) reasons.push(`${path}.guarantees`);
  const amounts = [...thresholds, ...caps].map(({ amount }) => amount);
  if (amounts.some(asksForBill)) reasons.push(`${path} by the size of the bill`);
  return reasons;
}

function asksForBill(amount: AmountFile): boolean {
  const names = namesUsed({ amount });
  return names.has('total') || names.has('in-scope');
}
