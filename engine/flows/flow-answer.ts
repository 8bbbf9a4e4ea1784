import type { PricedLine } from '../../rules/model/bill.ts';
import type { ErrorCode } from '../base/errors/error-registry.ts';
import type { Claim, Correction } from '../domain/correction/correction.ts';
import type { BankLeg } from '../domain/leg/bank-leg.ts';
import type { Refund } from '../domain/refund/refund.ts';
import type { Answer, Explained } from '../domain/request/answer.ts';
import type { RequestRecord } from '../domain/request/request-record.ts';
import type { BillWarning, Settlement } from '../domain/settlement/settlement.ts';

/** A flow's result as values: a decision's answer, or something read or computed without a decision. */
export type FlowAnswer = Answer | QuotedAnswer | SettlementView | RequestsFound | DocumentAnswer;

type Approved = { readonly outcome: 'approved'; readonly code: undefined };

/** 预结算: who would pay what now. */
export type QuotedAnswer = Approved & {
  readonly kind: 'quoted';
  readonly explained: Explained;
  readonly lines: readonly PricedLine[];
  readonly warnings: readonly BillWarning[];
};

/** The current settlement. */
export type SettlementView = Approved & {
  readonly kind: 'settlement-view';
  readonly settlement: Settlement;
  readonly explained: Explained;
  readonly legs: readonly BankLeg[];
  readonly refunds: readonly Refund[];
  /** Its corrections in order, and what the person owes by them; undefined: nothing was ever owed. */
  readonly corrections: readonly Correction[];
  readonly claim: Claim | undefined;
  /** Why it was released, or why its outcome is unknown. */
  readonly reason: ErrorCode | undefined;
};

/** The records of a request key; `serverTime` (ms) was read before them. */
export type RequestsFound = Approved & {
  readonly kind: 'requests-found';
  readonly serverTime: number;
  readonly records: readonly RequestRecord[];
};

/** A document that is not stored. `isNew`: something was created for the caller. */
export type DocumentAnswer = Approved & {
  readonly kind: 'document';
  readonly isNew: boolean;
  readonly document: object;
};

export const approved: Approved = { outcome: 'approved', code: undefined };
