import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Operator } from '../operator/operator.ts';

/**
 * What two operators agree on for a reversal that the bank cannot answer. bank-reversed: the bank has
 * reversed the message or never executed it. bank-kept: the bank keeps the money; the difference is posted
 * to suspense.
 */
export type ResolutionOutcome = 'bank-reversed' | 'bank-kept';

/** A manual resolution (人工销账): proposed by one operator, approved by another. No job creates one. */
export type Resolution = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 1, 2, … within the settlement; its posting has the same number below zero. */
  readonly proposalNo: number;
  readonly legNo: number;
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
  /** RRN of the late approval that the proposer knew. */
  readonly lateRrn: string | undefined;
  readonly proposedBy: Operator;
  /** ms */
  readonly proposedAt: number;
  readonly approval: { readonly by: Operator; readonly at: number } | undefined;
};

const REASON_LENGTH_MAX = 500;

/** A reason as one line; undefined if it is empty or longer than 500 characters. */
export function resolutionReason(text: string): string | undefined {
  const reason = text.replace(/[\p{Cc}\p{Z}\s]+/gu, ' ').trim();
  return reason.length >= 1 && reason.length <= REASON_LENGTH_MAX ? reason : undefined;
}
