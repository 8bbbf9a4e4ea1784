/**
 * Who pays what for one bill. Pure: the pack, the bill and the yearly totals go in, the split comes
 * out; the same input gives the same split for ever, so an old settlement can be recomputed at any
 * time.
 */
import { invariant } from '../../engine/domain/errors/result.ts';
import { type Fen, fen } from '../../engine/domain/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { FundShare, Split, SplitStep } from '../model/split.ts';
import { leaveToPatient, payFromAccount } from './pay-rest.ts';
import { paySupplements } from './pay-supplements.ts';
import { type FundPart, shareFund } from './share-fund.ts';
import { splitLines } from './split-lines.ts';
import { takeDeductible } from './take-deductible.ts';
import type { Unpaid } from './unpaid.ts';

/** One share for each fund type, in the order of payment; funds that pay nothing are left out. */
function mergeShares(shares: readonly FundShare[]): readonly FundShare[] {
  const merged: FundShare[] = [];
  for (const share of shares) {
    if (share.amount === 0n) continue;
    const at = merged.findIndex(
      (other) => other.fundType === share.fundType && other.field === share.field,
    );
    const found = merged[at];
    if (found === undefined) merged.push(share);
    else merged[at] = { ...found, amount: fen(found.amount + share.amount) };
  }
  return merged;
}

/** What this settlement adds to the yearly totals; zero changes are left out. */
function changesOf(
  pack: Pack,
  inScope: Fen,
  deductible: Fen,
  fund: FundPart,
): ReadonlyMap<string, Fen> {
  const changes = new Map<string, Fen>();
  const add = (name: string, amount: Fen) => {
    if (amount !== 0n) changes.set(name, fen((changes.get(name) ?? 0n) + amount));
  };
  add(pack.accumulators.inScope, inScope);
  if (pack.deductible.period === 'year') add(pack.accumulators.deductible, deductible);
  add(pack.accumulators.fundPaid, fund.fundPaid);
  const cap = fund.choice.cap?.accumulator;
  if (cap !== undefined && cap !== pack.accumulators.fundPaid) add(cap, fund.fundPaid);
  return changes;
}

/**
 * The identities of `Split`'s docstring; a breach is a bug of this program and stops the
 * settlement.
 */
function assertWhole(split: Split): void {
  const { total, fullOwnPay, overLimit, priorSelfPay, inScope, fundTotal, accountPay, patientPay } =
    split;
  const parts = [
    fullOwnPay,
    overLimit,
    priorSelfPay,
    inScope,
    split.deductible,
    fundTotal,
    accountPay,
    patientPay,
  ];
  for (const part of parts) invariant(part >= 0n, 'a part of the split is below zero');
  for (const fund of split.funds)
    invariant(fund.amount > 0n, `fund ${fund.fundType} pays nothing or less`);
  invariant(
    total === fullOwnPay + overLimit + priorSelfPay + inScope,
    'the parts of the bill do not make the whole',
  );
  invariant(total === fundTotal + accountPay + patientPay, 'the payers do not pay the whole');
  invariant(split.deductible <= inScope, 'the deductible exceeds the in-scope money');
  invariant(fundTotal <= inScope, 'the funds pay more than is in scope');
}

/**
 * Splits a bill by a compiled pack. Amounts in fen. Lines must have been checked before (amount =
 * quantity × price, own-pay ratio within 0 to 1); a breach throws `InvariantViolation`, as does a
 * split that does not add up. The patient is the balancing payer.
 */
export function splitBill(pack: Pack, input: SplitInput): Split {
  const steps: SplitStep[] = [];
  const sums = splitLines(pack, input.lines, steps);
  const { inScope, fullOwnPay, overLimit, priorSelfPay, noCode } = sums;
  const deductible = takeDeductible(pack, input, inScope, steps);
  const fund = shareFund(pack, input, { inScope, deductible }, steps);
  const unpaid: Unpaid = {
    deductible,
    coinsurance: fund.coinsurance,
    'above-cap': fund.aboveCap,
    'prior-self-pay': priorSelfPay,
    'over-limit': overLimit,
    'full-own-pay': fen(fullOwnPay - noCode),
    'no-code': noCode,
  };
  const { field, fundType } = pack.fund;
  const supplements = paySupplements(pack, input, unpaid, steps);
  const funds = mergeShares([{ field, fundType, amount: fund.fundPaid }, ...supplements]);
  let fundTotal = 0n;
  for (const share of funds) fundTotal += share.amount;
  const accountPay = payFromAccount(pack, input, unpaid, steps);
  const split: Split = {
    packId: pack.id,
    total: fen(sums.total),
    fullOwnPay,
    overLimit,
    priorSelfPay,
    inScope,
    deductible,
    funds,
    fundTotal: fen(fundTotal),
    accountPay,
    patientPay: leaveToPatient(pack, unpaid, steps),
    lines: sums.lines,
    accumulatorChanges: changesOf(pack, inScope, deductible, fund),
    steps,
  };
  assertWhole(split);
  return split;
}
