/** Combines the stages of a pack: lines, account first, deductible, payers, account, patient. */
import { invariant } from '../../engine/base/errors/result.ts';
import { type Fen, ZERO } from '../../engine/base/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Rule } from '../model/pack.ts';
import type { Split, SplitStep } from '../model/split.ts';
import { compileAccount, compilePatient } from './account.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import type { AmountScope } from './amount.ts';
import { policyDay } from './benefit-year.ts';
import { compileRule } from './compile-context.ts';
import { compilePayer } from './compile-payer.ts';
import { compileCondition, firstThatHolds, type Holds } from './condition.ts';
import { compileDeductible, continuesStay, NO_DEDUCTIBLE } from './deductible.ts';
import { divideRounded, type Fraction, shareText } from './fraction.ts';
import { compileRatio } from './ratio.ts';
import { compileLines, type LineTotals } from './split-lines.ts';
import { addToTotal, recordStep, type SplitState } from './split-state.ts';

type StartState = (
  input: SplitInput,
  sums: LineTotals,
  steps: SplitStep[] | undefined,
) => SplitState;

/** Compiles all stages of a bill into one function. */
export function compileSplit(scope: AmountScope): (input: SplitInput, explain: boolean) => Split {
  const { context } = scope;
  const { file } = context;
  const splitLines = compileLines(context);
  const account = compileAccount(scope, file.account);
  const payOutOfArea = compileOutOfArea(scope);
  const deductible =
    file.deductible === undefined ? NO_DEDUCTIBLE : compileDeductible(scope, file.deductible);
  const payers = file.payers.map((payer, index) =>
    compilePayer(scope, payer, deductible, `payers[${index}]`),
  );
  const leaveToPatient = compilePatient(context);
  const startState = compileStartState(scope);
  const countVisit = compileVisitCount(scope);
  return (input, explain) => {
    const steps: SplitStep[] | undefined = explain ? [] : undefined;
    const sums = splitLines(input.lines, steps);
    const state = startState(input, sums, steps);
    state.accountFirst = account.payFirst(state);
    let open = (state.inScope - state.accountFirst) as Fen;
    const outOfArea = payOutOfArea(state, open);
    open = (open - outOfArea) as Fen;
    state.deductible = deductible.take(state, open);
    state.afterDeductible = (open - state.deductible) as Fen;
    state.unpaid.deductible = state.deductible;
    state.unpaid.coinsurance = state.afterDeductible;
    for (const pay of payers) pay(state);
    const accountPay = (state.accountFirst + account.payRest(state)) as Fen;
    const familyPay = account.payFamily(state);
    countVisit(state);
    return assembleSplit(file.id, state, sums, {
      accountPay,
      familyPay,
      patientPay: leaveToPatient(state),
    });
  };
}

function compileStartState({ context }: AmountScope): StartState {
  const { accumulators, selectedBy } = context.file;
  const pack = { selectedBy: selectedBy ?? 'service-date' } as const;
  const { admissions } = accumulators;
  const continues = continuesStay(context.file.deductible);
  const countAdmission = (input: SplitInput): number => {
    if (admissions === undefined) return 1;
    const counted = Number(input.accumulators.get(admissions) ?? 0n);
    return Math.max(continues(input) ? counted : counted + 1, 1);
  };
  return (input, sums, steps) => ({
    input,
    day: policyDay(pack, input),
    admission: countAdmission(input),
    steps,
    unpaid: {
      'out-of-area': ZERO,
      deductible: ZERO,
      coinsurance: ZERO,
      'above-cap': ZERO,
      'prior-self-pay': sums.priorSelfPay,
      'over-limit': sums.overLimit,
      'full-own-pay': (sums.fullOwnPay - sums.noCode) as Fen,
      'no-code': sums.noCode,
    },
    total: sums.total,
    inScope: sums.inScope,
    deductible: ZERO,
    filledByOthers: ZERO,
    afterDeductible: ZERO,
    accountFirst: ZERO,
    unroundedAboveCap: undefined,
    imbalance: 0n,
    funds: [],
    countedByCaps: new Map(),
    changes: new Map(),
  });
}

/** Adds the bill's in-scope money to the totals, and one to the admissions when it is a new one. */
function compileVisitCount({ context }: AmountScope): (state: SplitState) => void {
  const { inScope, admissions } = context.file.accumulators;
  const inScopeKey: AccumulatorKey = compileAccumulatorKey(inScope);
  const continues = continuesStay(context.file.deductible);
  return (state) => {
    addToTotal(state, inScopeKey(state), state.inScope);
    if (admissions !== undefined && !continues(state.input))
      addToTotal(state, admissions, 1n as Fen);
  };
}

type OutOfArea = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly ratio: (state: SplitState) => Fraction;
};

/** 转外自付: the share of in-scope money that the person pays first when treated elsewhere. */
function compileOutOfArea({ context }: AmountScope): (state: SplitState, open: Fen) => Fen {
  const { outOfAreaSelfPay, rounding } = context.file;
  if (outOfAreaSelfPay === undefined) return () => ZERO;
  const choices = outOfAreaSelfPay.map((entry, index): OutOfArea => {
    const path = `outOfAreaSelfPay[${index}]`;
    return {
      holds: compileCondition(context, entry.when, `${path}.when`),
      rule: compileRule(context, entry, path),
      ratio: compileRatio(context, entry.ratio, `${path}.ratio`).of,
    };
  });
  return (state, open) => {
    const choice = open === 0n ? undefined : firstThatHolds(choices, state);
    if (choice === undefined) return ZERO;
    const ratio = choice.ratio(state);
    const amount = divideRounded(open * ratio.num, ratio.den, rounding.mode) as Fen;
    state.unpaid['out-of-area'] = amount;
    const money = { payer: 'out-of-area', base: open, ratio: shareText(ratio), amount };
    recordStep(state, 'out-of-area', choice.rule, money);
    return amount;
  };
}

type LastPayers = Pick<Split, 'accountPay' | 'familyPay' | 'patientPay'>;

function assembleSplit(
  packId: string,
  state: SplitState,
  sums: LineTotals,
  last: LastPayers,
): Split {
  let fundTotal = 0n;
  let otherTotal = 0n;
  for (const share of state.funds) {
    if (share.counted) fundTotal += share.amount;
    else otherTotal += share.amount;
  }
  const split: Split = {
    packId,
    total: sums.total,
    fullOwnPay: sums.fullOwnPay,
    overLimit: sums.overLimit,
    priorSelfPay: sums.priorSelfPay,
    inScope: sums.inScope,
    deductible: state.deductible,
    funds: state.funds,
    fundTotal: fundTotal as Fen,
    otherTotal: otherTotal as Fen,
    accountPay: last.accountPay,
    familyPay: last.familyPay,
    patientPay: last.patientPay,
    imbalance: state.imbalance,
    lines: sums.lines,
    accumulatorChanges: state.changes,
    steps: state.steps ?? [],
  };
  assertWhole(split);
  return split;
}

/**
 * Checks the identities of `Split`'s docstring. A breach is a bug of this program and stops the
 * settlement.
 */
function assertWhole(split: Split): void {
  const { total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible } = split;
  const { fundTotal, otherTotal, accountPay, familyPay, patientPay } = split;
  const areParts = fullOwnPay >= 0n && overLimit >= 0n && priorSelfPay >= 0n && inScope >= 0n;
  invariant(areParts && deductible >= 0n, 'a part of the bill is below zero');
  const arePaid = accountPay >= 0n && familyPay >= 0n && patientPay >= 0n;
  invariant(arePaid, 'a share of the split is below zero');
  for (const { amount, fundType } of split.funds)
    if (amount <= 0n) invariant(false, `fund ${fundType} pays nothing or less`);
  const whole = fullOwnPay + overLimit + priorSelfPay + inScope;
  invariant(total === whole, 'the parts of the bill do not make the whole');
  const paid = fundTotal + otherTotal + accountPay + familyPay + patientPay;
  invariant(total === paid, 'the payers do not pay the whole');
  invariant(deductible <= inScope, 'the deductible exceeds the in-scope money');
}
