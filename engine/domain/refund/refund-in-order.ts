import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Rulebook } from '../rulebook.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { isSplitOtherwise, laterBills, laterSettlements } from './later-bills.ts';
import { isAlwaysKept, refundOrderOf } from './refund-order.ts';
import type { RefundToPost } from './refund-to-post.ts';
import { refundAccumulator } from './refund-to-post.ts';

type InTheWay = {
  readonly code: Extract<ErrorCode, `REFUND_${string}`>;
  /** Numbers of the settlements that are in the way, newest first. */
  readonly detail: string;
};

/**
 * Why a refund cannot be done now because of other settlements of the year: another refund holds it, or,
 * where later bills do not simply stand, one of them is not finished or was split on top of this one.
 */
export function whatIsInTheWay(toPost: RefundToPost, rulebook: Rulebook): InTheWay | undefined {
  const { settlement, pack, back, facts } = toPost;
  const { heldBy } = refundAccumulator(toPost);
  if (heldBy !== undefined) return { code: 'REFUND_HOLDS_YEAR', detail: `settlement: ${heldBy}` };
  const order = refundOrderOf(settlement, rulebook.refundOrder);
  if (order === 'keep') return undefined;
  const { policy } = rulebook;
  const later = laterSettlements({ settlement, pack }, facts, policy);
  const open = later.filter(({ state }) => state !== 'posted');
  if (open.length > 0) return { code: 'REFUND_LATER_BILL_OPEN', detail: listOf(open) };
  if (order === 'reprice') return undefined;
  const { accumulatorChanges } = back;
  const rules = { policy, areCorrected: false, corrections: facts.corrections };
  const { bills } = laterBills({ settlement, pack, accumulatorChanges }, later, rules);
  const bound = bills
    .filter((bill) => !isAlwaysKept(bill.settlement) && isSplitOtherwise(bill))
    .map((bill) => bill.settlement);
  return bound.length === 0 ? undefined : { code: 'REFUND_OUT_OF_ORDER', detail: listOf(bound) };
}

/** The first to go back are named; a detail has no room for those of a whole year. */
const NAMED_MAX = 12;

function listOf(settlements: readonly Settlement[]): string {
  const ids = settlements.map(({ id }) => id).toReversed();
  const others = ids.length > NAMED_MAX ? ` and ${ids.length - NAMED_MAX} more` : '';
  return `settlements: ${ids.slice(0, NAMED_MAX).join(', ')}${others}`;
}
