import type { BillReview } from './settlement/bill-review.ts';
import type { Policy } from './settlement/policy.ts';

/** The policy and bill review in force. */
export type Rulebook = { readonly policy: Policy; readonly reviewBill: BillReview };
