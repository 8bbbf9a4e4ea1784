import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';

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
  readonly proposedBy: string;
  /** ms */
  readonly proposedAt: number;
  readonly approval: { readonly by: string; readonly at: number } | undefined;
};

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u;

/**
 * Normalises an operator's name for storage and comparison: trimmed, lower case, full-width letters as plain
 * ones. Undefined for a malformed name.
 */
export function operatorName(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().replace(/ +/g, ' ').toLowerCase();
  return namePattern.test(name) ? name : undefined;
}

const REASON_LENGTH_MAX = 500;

/** A reason as one line; undefined if it is empty or longer than 500 characters. */
export function resolutionReason(text: string): string | undefined {
  const reason = text.replace(/[\p{Cc}\p{Z}\s]+/gu, ' ').trim();
  return reason.length >= 1 && reason.length <= REASON_LENGTH_MAX ? reason : undefined;
}
