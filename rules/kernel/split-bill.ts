/**
 * Who pays what for one bill. Pure: the pack, the bill and the running totals go in, the split
 * comes out; the same input gives the same split for ever, so an old settlement can be recomputed
 * at any time.
 */
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import type { Split } from '../model/split.ts';

/**
 * Splits a bill by a compiled pack, without explanation. Amounts in fen. Lines must have been
 * checked before (amount = quantity × price, own-pay ratio within 0 to 1) and the person must have
 * the pack's `factsNeeded`; a breach throws `InvariantViolation`, as does a split that does not add
 * up.
 */
export function splitBill(pack: Pack, input: SplitInput): Split {
  return pack.split(input, false);
}

/** The same split, with a step for every fen that moved. */
export function explainBill(pack: Pack, input: SplitInput): Split {
  return pack.split(input, true);
}
