/** Compiles one payer of a pack's list. */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import { isHospitalPart, type PayerFile } from '../model/pack-file-payers.ts';
import { compileAccumulatorKey } from './accumulator-key.ts';
import { type AmountScope, compileAmount } from './amount.ts';
import { compileBandPosition } from './band-position.ts';
import { compileBands, compileModifiers } from './bands.ts';
import { compileCaps } from './caps.ts';
import { type CompileContext, compileRule, reportProblem } from './compile-context.ts';
import { compileCondition } from './condition.ts';
import type { Deductible } from './deductible.ts';
import { type Payer, pay } from './pay.ts';
import { compileRatio } from './ratio.ts';
import type { SplitState } from './split-state.ts';

export type Pay = (state: SplitState) => void;

/** Compiles one payer into a stage that pays its share of the unpaid money. */
export function compilePayer(
  scope: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  path: string,
): Pay {
  const { context } = scope;
  const modifiers = compileModifiers(context, file, path);
  const payer: Payer = {
    file,
    rounding: context.file.rounding,
    isCounted: file.counted ?? !isHospitalPart(file.field),
    holds: compileCondition(context, file.when, `${path}.when`),
    sumBase: compileBase(scope, file, deductible, path),
    position: compileBandPosition(context, file, deductible, path),
    thresholds: (file.thresholds ?? []).map((each, index) => ({
      holds: compileCondition(context, each.when, `${path}.thresholds[${index}].when`),
      rule: compileRule(context, each, `${path}.thresholds[${index}]`),
      amount: compileAmount(scope, each.amount, `${path}.thresholds[${index}].amount`),
    })),
    choices: file.choices.map((choice, index) => ({
      holds: compileCondition(context, choice.when, `${path}.choices[${index}].when`),
      rule: compileRule(context, choice, `${path}.choices[${index}]`),
      table: compileBands(scope, choice, modifiers, `${path}.choices[${index}]`),
    })),
    noChoice: {
      id: file.id,
      source: `${context.file.id} ${path}.choices`,
      zh: `支付方 ${file.id}（${file.field}）没有一档适用，不支付`,
      en: `Payer ${file.id} (${file.field}): none of its choices holds, so it pays nothing`,
    },
    modifiers,
    caps: compileCaps(scope, file, path),
    guarantees: (file.guarantees ?? []).map((each, index) => ({
      holds: compileCondition(context, each.when, `${path}.guarantees[${index}].when`),
      rule: compileRule(context, each, `${path}.guarantees[${index}]`),
      ratio: compileRatio(context, each.ratio, `${path}.guarantees[${index}].ratio`),
      of: each.of,
    })),
    paidKey: file.counter === undefined ? undefined : compileAccumulatorKey(file.counter),
    baseKey: file.baseCounter === undefined ? undefined : compileAccumulatorKey(file.baseCounter),
  };
  checkCombinations(context, payer, path);
  return (state) => {
    if (payer.holds(state)) pay(payer, state);
  };
}

/** Reports combinations that the schema allows and that have no meaning. */
function checkCombinations(
  context: CompileContext,
  { file, isCounted, thresholds, position }: Payer,
  path: string,
): void {
  if (isHospitalPart(file.field) && isCounted)
    reportProblem(context, `${path}.counted`, true, {
      rule: 'the hospital’s part is never in fund_pay_sumamt',
      zh: '医院负担不计入基金支付总额 fund_pay_sumamt',
    });
  if (thresholds.length > 0 && position.isByPaid)
    reportProblem(context, `${path}.thresholds`, file.edges, {
      rule: 'a threshold counts money, not fund paid',
      zh: '门槛按费用累计，不能按基金支付额分段',
    });
  if (file.edgesFrom === 'threshold' && thresholds.length === 0)
    reportProblem(context, `${path}.edgesFrom`, file.edgesFrom, {
      rule: 'there is no threshold',
      zh: '没有门槛（thresholds）',
    });
  if (file.guarantees !== undefined && !isCounted)
    reportProblem(context, `${path}.guarantees`, false, {
      rule: 'the share is that of counted payers: be one',
      zh: '保底比例按计入基金支付总额的支付方计算，本支付方须计入',
    });
}

function compileBase(
  { context }: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  path: string,
): (state: SplitState) => Fen {
  const [only, second] = file.from;
  if (file.deductibleAbove !== undefined) {
    if (only !== 'deductible' || second !== undefined)
      reportProblem(context, `${path}.deductibleAbove`, file.from, {
        rule: 'belongs to from: ["deductible"] only',
        zh: '只能与 from: ["deductible"] 同用',
      });
    const from = BigInt(file.deductibleAbove.replace('.', ''));
    return (state) => {
      const above =
        deductible.consumedBefore(state) + state.filledByOthers + state.deductible - from;
      // If the year was above `from` before this bill, this bill's whole deductible counts.
      return above <= 0n ? ZERO : minFen(above as Fen, state.unpaid.deductible);
    };
  }
  if (only !== undefined && second === undefined) return ({ unpaid }) => unpaid[only];
  return ({ unpaid }) => {
    let sum = 0n;
    for (const bucket of file.from) sum += unpaid[bucket];
    return sum as Fen;
  };
}
