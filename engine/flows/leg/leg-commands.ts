/** What the bank said (or did not say) about a leg, as the command that stores it. */
import type { Command } from '../../domain/commands.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isRefusalOfCopy } from '../../domain/leg/response-codes.ts';
import type {
  BankOutcome,
  BankReply,
  BankReversalReason,
  BankUnknownReason,
} from '../../ports/bank.ts';
import type { Environment } from '../../ports/environment.ts';
import { postponeCommand } from './postpone-leg.ts';

/** The command that ends the settlement of a debit, or begins its reversal. */
export function debitCommand(leg: BankLeg, outcome: BankOutcome, at: number): Command {
  const claim = claimFields(leg, at);
  switch (outcome.kind) {
    case 'approved':
      return {
        type: 'confirm-debit',
        ...claim,
        ...replyFacts(outcome.reply),
        issuerAuthData: outcome.reply.issuerAuthData,
      };
    case 'declined':
      return { type: 'release-reservation', ...claim, responseCode: outcome.reply.responseCode };
    case 'not-sent':
      return { type: 'release-reservation', ...claim, responseCode: undefined };
    case 'unknown':
      return { type: 'begin-reversal', ...claim, reason: reversalReason(outcome.reason) };
  }
}

/** The fields of a command on a claimed leg: the leg's settlement, and the fence of the claim. */
export function claimFields({ key, settlementId, fence }: BankLeg, at: number) {
  return { key, at, settlementId, fence };
}

/** The command that stores the outcome of a void or refund; an unanswered repetition is postponed. */
export function refundCommand(
  environment: Pick<Environment, 'now' | 'randomBytes'>,
  leg: BankLeg,
  outcome: BankOutcome,
): Command {
  const claim = claimFields(leg, environment.now());
  const refundNo = leg.legNo;
  // An earlier copy of a repeated refund may have arrived, so a refusal of one copy ends only a fresh leg.
  const isFresh = leg.state === 'sending';
  switch (outcome.kind) {
    case 'approved':
    case 'declined': {
      const facts = replyFacts(outcome.reply);
      const isOfCopy = outcome.kind === 'declined' && isRefusalOfCopy(facts.responseCode);
      if (isOfCopy && !isFresh) return postponeCommand(environment, leg, facts.responseCode);
      return { type: 'finish-refund', ...claim, refundNo, outcome: outcome.kind, ...facts };
    }
    case 'not-sent':
      return isFresh
        ? { type: 'finish-refund', ...claim, refundNo, outcome: 'not-sent', ...emptyReply }
        : postponeCommand(environment, leg, undefined);
    case 'unknown':
      return isFresh
        ? { type: 'refund-unanswered', ...claim, refundNo, reason: reversalReason(outcome.reason) }
        : postponeCommand(environment, leg, outcome.responseCode);
  }
}

const emptyReply = { responseCode: '', rrn: '', authCode: undefined, hostTime: '' };

/** What the leg stores of the bank's reply. */
export function replyFacts(reply: BankReply) {
  const { responseCode, rrn, authCode } = reply;
  // The refund takes the date from the first four digits, so a time without a date is dropped.
  const hostTime = reply.hostDate === '' ? '' : `${reply.hostDate}${reply.hostTime}`;
  return { responseCode, rrn, authCode, hostTime };
}

/** Field 39 of the reversal: A0 for a wrong MAC, 06 for an answer to something else, 98 for no answer. */
function reversalReason(reason: BankUnknownReason): BankReversalReason {
  switch (reason) {
    case 'bad-mac':
      return 'A0';
    case 'mismatch':
    case 'stale':
      return '06';
    case 'no-answer':
    case 'connection-lost':
    case 'host-unsure':
      return '98';
  }
}

/** The command for a leg without an answer; field 39 of its reversal is 98. */
export function unansweredCommand(leg: BankLeg, at: number): Command {
  const claimed = claimFields(leg, at);
  const { legNo: refundNo } = leg;
  return refundNo === 0
    ? { type: 'begin-reversal', ...claimed, reason: '98' }
    : { type: 'refund-unanswered', ...claimed, refundNo, reason: '98' };
}

/** The command for a leg whose reversal the bank has answered. */
export function reversedCommand(leg: BankLeg, responseCode: string, at: number): Command {
  const claimed = claimFields(leg, at);
  const { legNo: refundNo } = leg;
  return refundNo === 0
    ? { type: 'finish-reversal', ...claimed, responseCode }
    : { type: 'finish-void-reversal', ...claimed, refundNo, responseCode };
}
