/**
 * Who pays what for one bill. Pure: pack, bill and running totals give the split, and the same
 * input always gives the same split, so that old settlements can be recomputed.
 */
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { Split } from '../model/split.ts';

/**
 * Splits a bill by a compiled pack, without explanation. Amounts in fen. Lines must have been
 * checked (amount = quantity × price, own-pay ratio within 0 to 1) and the person must have the
 * pack's `factsNeeded`; otherwise, or if the split does not add up, it throws `InvariantViolation`.
 */
export function splitBill(pack: Pack, input: SplitInput): Split {
  return pack.split(input, false);
}

/** The same split, with the steps of its explanation. */
export function explainBill(pack: Pack, input: SplitInput): Split {
  return pack.split(input, true);
}
