import type { BillReview } from './settlement/bill-review.ts';
import type { Policy } from './settlement/policy.ts';

/** What bills are judged by at this moment. */
export type Rulebook = { readonly policy: Policy; readonly reviewBill: BillReview };
