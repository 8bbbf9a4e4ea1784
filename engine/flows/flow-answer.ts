import type { PricedLine } from '../../rules/model/bill.ts';
import type { ErrorCode } from '../base/errors/error-registry.ts';
import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { Refund } from '../domain/refund/refund.ts';
import type { Answer, Explained } from '../domain/request/answer.ts';
import type { RequestRecord } from '../domain/request/request-record.ts';
import type { BillWarning, Settlement } from '../domain/settlement/settlement.ts';

/** What a flow comes to, as values: a decision's answer, or what was read or computed without one. */
export type FlowAnswer = Answer | QuotedAnswer | SettlementView | RequestsFound | DocumentAnswer;

type Approved = { readonly outcome: 'approved'; readonly code: undefined };

/** Who would pay what, by the facts of this moment. */
export type QuotedAnswer = Approved & {
  readonly kind: 'quoted';
  readonly explained: Explained;
  readonly lines: readonly PricedLine[];
  readonly warnings: readonly BillWarning[];
};

/** A settlement as it stands now. */
export type SettlementView = Approved & {
  readonly kind: 'settlement-view';
  readonly settlement: Settlement;
  readonly explained: Explained;
  readonly legs: readonly BankLeg[];
  readonly refunds: readonly Refund[];
  /** Why it was released, or why nobody knows yet. */
  readonly reason: ErrorCode | undefined;
};

/** What is on record of a request key; `serverTime` (ms) was read before the records. */
export type RequestsFound = Approved & {
  readonly kind: 'requests-found';
  readonly serverTime: number;
  readonly records: readonly RequestRecord[];
};

/** A document that is stored nowhere; `isNew`: something was made for the caller. */
export type DocumentAnswer = Approved & {
  readonly kind: 'document';
  readonly isNew: boolean;
  readonly document: object;
};

export const approved: Approved = { outcome: 'approved', code: undefined };
