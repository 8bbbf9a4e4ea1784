import type { RefundOrders } from './refund/refund-order.ts';
import type { BillReview } from './settlement/bill-review.ts';
import type { Policy } from './settlement/policy.ts';

/** The policy, the bill review and the order of refunds in force. */
export type Rulebook = {
  readonly policy: Policy;
  readonly reviewBill: BillReview;
  readonly refundOrder: RefundOrders;
};
