/** Compiles one payer of a pack's list. */
import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { compileAccumulatorKey } from './accumulator-key.ts';
import { type AmountScope, compileAmount } from './amount.ts';
import { compileBandPosition } from './band-position.ts';
import { compileBands, compileModifiers } from './bands.ts';
import { compileCaps } from './caps.ts';
import { type CompileContext, report, ruleOf } from './compile-context.ts';
import { compileCondition } from './condition.ts';
import type { Deductible } from './deductible.ts';
import { type Payer, pay } from './pay.ts';
import { compileRatio } from './ratio.ts';
import type { SplitState } from './split-state.ts';

export type Pay = (state: SplitState) => void;

/** Compiles one payer into a stage that takes its share out of the unpaid money. */
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
    isCounted: file.counted ?? file.field !== 'hosp_part_amt',
    holds: compileCondition(context, file.when, `${path}.when`),
    baseOf: compileBase(scope, file, deductible, path),
    edges: compileBandPosition(context, file, deductible, path),
    thresholds: (file.thresholds ?? []).map((each, index) => ({
      holds: compileCondition(context, each.when, `${path}.thresholds[${index}].when`),
      rule: ruleOf(context, each, `${path}.thresholds[${index}]`),
      amount: compileAmount(scope, each.amount, `${path}.thresholds[${index}].amount`),
    })),
    choices: file.choices.map((choice, index) => ({
      holds: compileCondition(context, choice.when, `${path}.choices[${index}].when`),
      rule: ruleOf(context, choice, `${path}.choices[${index}]`),
      table: compileBands(scope, choice, modifiers, `${path}.choices[${index}]`),
    })),
    modifiers,
    caps: compileCaps(scope, file, path),
    guarantees: (file.guarantees ?? []).map((each, index) => ({
      holds: compileCondition(context, each.when, `${path}.guarantees[${index}].when`),
      rule: ruleOf(context, each, `${path}.guarantees[${index}]`),
      ratio: compileRatio(context, each.ratio, `${path}.guarantees[${index}].ratio`),
      of: each.of,
    })),
    paidKey: file.counter === undefined ? undefined : compileAccumulatorKey(file.counter),
    baseKey: file.baseCounter === undefined ? undefined : compileAccumulatorKey(file.baseCounter),
  };
  checkMeaning(context, payer, path);
  return (state) => {
    if (payer.holds(state)) pay(payer, state);
  };
}

/** Refuses what the schema lets pass and no bill could ever mean. */
function checkMeaning(
  context: CompileContext,
  { file, isCounted, thresholds, edges }: Payer,
  path: string,
): void {
  if (file.field === 'hosp_part_amt' && isCounted)
    report(context, `${path}.counted`, true, 'the hospital’s part is never in fund_pay_sumamt');
  if (thresholds.length > 0 && edges.isByPaid)
    report(context, `${path}.thresholds`, file.edges, 'a threshold counts money, not fund paid');
  if (file.edgesFrom === 'threshold' && thresholds.length === 0)
    report(context, `${path}.edgesFrom`, file.edgesFrom, 'there is no threshold');
  if (file.guarantees !== undefined && !isCounted)
    report(context, `${path}.guarantees`, false, 'the share is that of counted payers: be one');
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
      report(context, `${path}.deductibleAbove`, file.from, 'belongs to from: ["deductible"] only');
    const from = BigInt(file.deductibleAbove.replace('.', ''));
    return (state) => {
      const above = deductible.consumedBefore(state) + state.filled + state.deductible - from;
      // Had the year been above `from` before this bill, the whole of this bill's part counts.
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
