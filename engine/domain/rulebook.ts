import type { RefundOrders } from './refund/refund-order.ts';
import type { BillReview } from './settlement/bill-review.ts';
import { noBillReview } from './settlement/bill-review.ts';
import type { Ceiling } from './settlement/ceilings.ts';
import type { Policy } from './settlement/policy.ts';

/** How bills are checked, as the settings say. */
export type BillRules = {
  readonly reviewBill: BillReview;
  /** What happens to a bill whose prescription was settled before, with an item in common. */
  readonly duplicatePrescriptions: 'warn' | 'refuse';
  /** Bills above them need a supervisor's confirmation. */
  readonly ceilings: readonly Ceiling[];
};

/** The policy, the checks of bills and the order of refunds in force. */
export type Rulebook = BillRules & {
  readonly policy: Policy;
  readonly refundOrder: RefundOrders;
};

/** No bill review and no ceilings; a repeated prescription is refused, as by default. */
export const plainBillRules: BillRules = {
  reviewBill: noBillReview,
  duplicatePrescriptions: 'refuse',
  ceilings: [],
};
