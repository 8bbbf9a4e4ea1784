import type { PersonKey, SettlementId } from '../../base/ids/ids.ts';

/**
 * What two operators hold for true of a reversal that the bank cannot answer. bank-reversed: the bank has
 * undone it, or never did it. bank-kept: the bank keeps it, and the difference goes to a suspense account.
 */
export type ResolutionOutcome = 'bank-reversed' | 'bank-kept';

/** A closing by hand (人工销账): proposed by one person, approved by another. Nothing automatic makes one. */
export type Resolution = {
  readonly key: PersonKey;
  readonly settlementId: SettlementId;
  /** 1, 2, … within the settlement; its posting has the same number below zero. */
  readonly proposalNo: number;
  readonly legNo: number;
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
  /** The late approval that the proposer knew of. */
  readonly lateRrn: string | undefined;
  readonly proposedBy: string;
  /** ms */
  readonly proposedAt: number;
  readonly approval: { readonly by: string; readonly at: number } | undefined;
};

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u;

/**
 * An operator's name in the one form in which names are kept and compared: without blanks around it, in lower
 * case, full-width letters as plain ones. Undefined if it is no name.
 */
export function operatorName(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().replace(/ +/g, ' ').toLowerCase();
  return namePattern.test(name) ? name : undefined;
}

const REASON_LENGTH_MAX = 500;

/** A reason in one line, or undefined if it says nothing or too much. */
export function resolutionReason(text: string): string | undefined {
  const reason = text.replace(/[\p{Cc}\p{Z}\s]+/gu, ' ').trim();
  return reason.length >= 1 && reason.length <= REASON_LENGTH_MAX ? reason : undefined;
}
