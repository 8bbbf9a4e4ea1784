import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { PricedLine } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Split, SplitAmounts } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { subtractFen, ZERO } from '../../base/money/fen.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { assertAsPaid } from '../settlement/settlement.ts';
import { splitDifference } from './split-sums.ts';

/** The amounts to refund; those of the payers are ≥ 0. */
export type AmountsBack = SplitAmounts & {
  readonly accumulatorChanges: ReadonlyMap<string, Fen>;
};

/** The lines that are neither refunded nor in `without`. */
export function remainingLines(
  settlement: Pick<Settlement, 'input' | 'refundedLines'>,
  without: readonly string[],
): readonly PricedLine[] {
  const gone = new Set([...settlement.refundedLines, ...without]);
  return settlement.input.lines.filter((line) => !gone.has(line.lineNo));
}

/**
 * The split of the current lines minus the split of the lines that stay.
 * @param lines to refund
 * @returns undefined if any payer would have to pay more
 */
export function amountsBack(
  settlement: Pick<Settlement, 'input' | 'refundedLines'>,
  pack: Pack,
  lines: readonly string[],
): AmountsBack | undefined {
  const { input } = settlement;
  const now = splitBill(pack, { ...input, lines: remainingLines(settlement, []) });
  const staying = remainingLines(settlement, lines);
  const then = staying.length === 0 ? undefined : splitBill(pack, { ...input, lines: staying });
  const back = { ...splitDifference(now, then), accumulatorChanges: changesBack(now, then) };
  const { total, accountPay, patientPay, funds } = back;
  const amounts = [total, accountPay, patientPay, ...funds.map((share) => share.amount)];
  return amounts.every((amount) => amount >= 0n) ? back : undefined;
}

/**
 * `amountsBack`, after checking that the pack still gives the stored amounts.
 * @throws InvariantViolation when it gives others
 */
export function checkedAmountsBack(
  settlement: Settlement,
  pack: Pack,
  lines: readonly string[],
): AmountsBack | undefined {
  const standing = { ...settlement.input, lines: remainingLines(settlement, []) };
  if (standing.lines.length > 0) assertAsPaid(splitBill(pack, standing), settlement);
  return amountsBack(settlement, pack, lines);
}

/** By what the accumulators fall when one split takes the place of another. @param then undefined: of none */
export function changesBack(now: Split, then: Split | undefined): ReadonlyMap<string, Fen> {
  const back = new Map(now.accumulatorChanges);
  for (const [name, change] of then?.accumulatorChanges ?? []) {
    back.set(name, subtractFen(back.get(name) ?? ZERO, change));
  }
  return back;
}
