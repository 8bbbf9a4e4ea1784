import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Accumulators, SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, ZERO } from '../../base/money/fen.ts';
import type { Correction } from '../correction/correction.ts';
import { currentInput } from '../correction/correction.ts';
import type { Facts } from '../decision.ts';
import type { Policy } from '../settlement/policy.ts';
import { packById } from '../settlement/policy.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { settlementAmounts } from '../settlement/settlement.ts';
import { changesBack, remainingLines } from './refund-amounts.ts';
import { isAlwaysKept } from './refund-order.ts';

/** A later bill that was split on top of what a refund takes back. */
export type LaterBill = {
  readonly settlement: Settlement;
  /** The split of its remaining lines as it stands. */
  readonly now: Split;
  /** The split if what goes back had never been counted; `input` gives it. */
  readonly without: Split;
  readonly input: SplitInput;
  /** `without` takes the place of `now`. */
  readonly isCorrected: boolean;
};

/** Later bills in order, and by what the accumulators fall in the end. */
export type LaterBills = {
  readonly bills: readonly LaterBill[];
  readonly gone: Accumulators;
};

/** A refund as the later bills see it. */
export type TakenBack = {
  readonly settlement: Settlement;
  readonly pack: Pack;
  /** By which its accumulator falls. */
  readonly accumulatorChanges: Accumulators;
};

/** The person's settlements in the order in which they were counted, whatever clocks said. */
export function byPlace(a: Settlement, b: Settlement): number {
  if (a.accumulatorNo !== b.accumulatorNo) return a.accumulatorNo - b.accumulatorNo;
  if (a.acceptedAt !== b.acceptedAt) return a.acceptedAt - b.acceptedAt;
  return a.id < b.id ? -1 : 1;
}

/** The settlements that were counted in the same accumulator after this one and still count, in order. */
export function laterSettlements(
  { settlement, pack }: Pick<TakenBack, 'settlement' | 'pack'>,
  { later = [] }: Facts,
  policy: Policy,
): readonly Settlement[] {
  const own = yearAndScheme(settlement, pack);
  return later
    .filter(
      (one) =>
        one.state !== 'released' &&
        one.state !== 'refunded' &&
        byPlace(settlement, one) < 0 &&
        yearAndScheme(one, packById(policy, one.packId)) === own,
    )
    .toSorted(byPlace);
}

function yearAndScheme({ input }: Settlement, pack: Pack): string {
  return `${benefitYearOf(pack, policyDay(pack, input))} ${input.insured.scheme}`;
}

/**
 * The later bills that were split on top of what goes back, each split again from the accumulators without
 * it, in order.
 * @param areCorrected false: they stand, so none changes those after it
 */
export function laterBills(
  back: TakenBack,
  later: readonly Settlement[],
  { policy, areCorrected, corrections }: LaterRules,
): LaterBills {
  const gone = new Map(back.accumulatorChanges);
  const bills = later.flatMap((settlement) => {
    const pack = packById(policy, settlement.packId);
    const input = currentInput(settlement, corrections);
    const bill = splitWithout({ ...settlement, input }, pack, gone);
    if (bill === undefined) return [];
    const isCorrected = areCorrected && !isAlwaysKept(settlement);
    if (isCorrected) {
      for (const [name, change] of changesBack(bill.now, bill.without)) add(gone, name, change);
    }
    return [{ ...bill, settlement, isCorrected }];
  });
  return { bills, gone };
}

export type LaterRules = {
  readonly policy: Policy;
  readonly areCorrected: boolean;
  readonly corrections: readonly Correction[] | undefined;
};

/** Undefined: what goes back is not in its accumulators, so it was not split on top of it. */
function splitWithout(
  settlement: Pick<Settlement, 'input' | 'refundedLines'>,
  pack: Pack,
  gone: Accumulators,
): Pick<LaterBill, 'now' | 'without' | 'input'> | undefined {
  const before = new Map(settlement.input.accumulators);
  for (const [name, amount] of gone) add(before, name, fen(-amount));
  const changed = [...gone].filter(([, amount]) => amount !== 0n);
  const isOnTop = changed.every(([name]) => (before.get(name) ?? ZERO) >= 0n);
  if (changed.length === 0 || !isOnTop) return undefined;
  const standing = { ...settlement.input, lines: remainingLines(settlement, []) };
  const now = splitBill(pack, standing);
  // The account pays no more than it did: its holder did not agree to more.
  const input = { ...standing, accumulators: before, accountAvailable: now.accountPay };
  return { now, without: splitBill(pack, input), input };
}

function add(sums: Map<string, Fen>, name: string, amount: Fen): void {
  sums.set(name, fen((sums.get(name) ?? ZERO) + amount));
}

/** Would somebody have paid, or would it have been counted, otherwise? */
export function isSplitOtherwise(bill: Pick<LaterBill, 'now' | 'without'>): boolean {
  const changes = changesBack(bill.now, bill.without);
  return isPaidOtherwise(bill) || [...changes.values()].some((change) => change !== 0n);
}

/** Would somebody have paid another amount? */
export function isPaidOtherwise({ now, without }: Pick<LaterBill, 'now' | 'without'>): boolean {
  const [before, after] = [sharesOf(now), sharesOf(without)];
  return [...new Set([...before.keys(), ...after.keys()])].some(
    (payer) => (before.get(payer) ?? ZERO) !== (after.get(payer) ?? ZERO),
  );
}

function sharesOf(split: Split): ReadonlyMap<string, Fen> {
  const shares = new Map<string, Fen>(Object.entries(settlementAmounts(split)));
  for (const { field, fundType, amount } of split.funds)
    add(shares, `${field} ${fundType}`, amount);
  return shares;
}
