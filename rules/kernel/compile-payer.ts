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

export type Pay = (work: SplitState) => void;

/** Compiles one payer into a stage that takes its share out of the unpaid money. */
export function compilePayer(
  scope: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  at: string,
): Pay {
  const { book } = scope;
  const modifiers = compileModifiers(book, file, at);
  const payer: Payer = {
    file,
    rounding: book.file.rounding,
    isCounted: file.counted ?? file.field !== 'hosp_part_amt',
    holds: compileCondition(book, file.when, `${at}.when`),
    baseOf: compileBase(scope, file, deductible, at),
    edges: compileBandPosition(book, file, deductible, at),
    thresholds: (file.thresholds ?? []).map((each, index) => ({
      holds: compileCondition(book, each.when, `${at}.thresholds[${index}].when`),
      rule: ruleOf(book, each, `${at}.thresholds[${index}]`),
      amount: compileAmount(scope, each.amount, `${at}.thresholds[${index}].amount`),
    })),
    choices: file.choices.map((choice, index) => ({
      holds: compileCondition(book, choice.when, `${at}.choices[${index}].when`),
      rule: ruleOf(book, choice, `${at}.choices[${index}]`),
      table: compileBands(scope, choice, modifiers, `${at}.choices[${index}]`),
    })),
    modifiers,
    caps: compileCaps(scope, file, at),
    guarantees: (file.guarantees ?? []).map((each, index) => ({
      holds: compileCondition(book, each.when, `${at}.guarantees[${index}].when`),
      rule: ruleOf(book, each, `${at}.guarantees[${index}]`),
      ratio: compileRatio(book, each.ratio, `${at}.guarantees[${index}].ratio`),
      of: each.of,
    })),
    paidKey: file.counter === undefined ? undefined : compileAccumulatorKey(file.counter),
    baseKey: file.baseCounter === undefined ? undefined : compileAccumulatorKey(file.baseCounter),
  };
  checkMeaning(book, payer, at);
  return (work) => {
    if (payer.holds(work)) pay(payer, work);
  };
}

/** Refuses what the schema lets pass and no bill could ever mean. */
function checkMeaning(
  book: CompileContext,
  { file, isCounted, thresholds, edges }: Payer,
  at: string,
): void {
  if (file.field === 'hosp_part_amt' && isCounted)
    report(book, `${at}.counted`, true, 'the hospital’s part is never in fund_pay_sumamt');
  if (thresholds.length > 0 && edges.isByPaid)
    report(book, `${at}.thresholds`, file.edges, 'a threshold counts money, not fund paid');
  if (file.edgesFrom === 'threshold' && thresholds.length === 0)
    report(book, `${at}.edgesFrom`, file.edgesFrom, 'there is no threshold');
  if (file.guarantees !== undefined && !isCounted)
    report(book, `${at}.guarantees`, false, 'the share is that of counted payers: be one');
}

function compileBase(
  { book }: AmountScope,
  file: PayerFile,
  deductible: Deductible,
  at: string,
): (work: SplitState) => Fen {
  const [only, second] = file.from;
  if (file.deductibleAbove !== undefined) {
    if (only !== 'deductible' || second !== undefined)
      report(book, `${at}.deductibleAbove`, file.from, 'belongs to from: ["deductible"] only');
    const from = BigInt(file.deductibleAbove.replace('.', ''));
    return (work) => {
      const above = deductible.consumedBefore(work) + work.filled + work.deductible - from;
      // Had the year been above `from` before this bill, the whole of this bill's part counts.
      return above <= 0n ? ZERO : minFen(above as Fen, work.unpaid.deductible);
    };
  }
  if (only !== undefined && second === undefined) return ({ unpaid }) => unpaid[only];
  return ({ unpaid }) => {
    let sum = 0n;
    for (const bucket of file.from) sum += unpaid[bucket];
    return sum as Fen;
  };
}
