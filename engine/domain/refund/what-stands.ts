import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { SplitAmounts } from '../../../rules/model/split.ts';
import type { Correction } from '../correction/correction.ts';
import { correctionsOf, currentInput } from '../correction/correction.ts';
import type { Explained } from '../request/answer.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { remainingLines } from './refund-amounts.ts';
import { negated, splitDifference } from './split-sums.ts';

/** `refunded` undefined: nothing went back. Without corrections the two sum to the whole bill. */
export type WhatStands = {
  readonly refunded: SplitAmounts | undefined;
  readonly net: SplitAmounts;
};

/**
 * What the refunds that are done took back of a settlement, and what stands after them and its corrections.
 * Each refund is split by what held when it was done: as on the day of the bill, or as the correction before
 * it says.
 * @param explained the split of all lines on the day of the bill
 * @returns undefined when the settlement stands as on its day
 */
export function whatStands(
  settlement: Pick<Settlement, 'id' | 'input' | 'refundedLines'>,
  { pack, split: whole }: Explained,
  corrections: readonly Correction[],
): WhatStands | undefined {
  const own = correctionsOf(settlement, corrections);
  const { refundedLines } = settlement;
  if (refundedLines.length === 0 && own.length === 0) return undefined;
  const nothing = splitDifference(whole, whole);
  /** Of the lines that `gone` refunded ones left, after so many corrections. */
  const splitOf = (known: number, gone: number): SplitAmounts => {
    const lines = remainingLines(
      { ...settlement, refundedLines: refundedLines.slice(0, gone) },
      [],
    );
    if (lines.length === 0) return nothing;
    return splitBill(pack, { ...currentInput(settlement, own.slice(0, known)), lines });
  };
  let refunded = nothing;
  let before = 0;
  for (const [known, gone] of [
    ...own.map(({ linesRefunded }) => linesRefunded),
    refundedLines.length,
  ].entries()) {
    if (gone === before) continue;
    const back = splitDifference(splitOf(known, before), splitOf(known, gone));
    refunded = splitDifference(refunded, negated(back));
    before = gone;
  }
  return {
    refunded: refundedLines.length === 0 ? undefined : refunded,
    net: splitOf(own.length, refundedLines.length),
  };
}
