import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import type { BankUnanswered, FinishRefund, FinishReversal } from '../commands.ts';
import type { Decision, Facts, RequestRecord } from '../decision.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { closedLeg, isCurrent, isRefusalOfCopy, isSignInWanted } from '../leg/bank-leg.ts';
import { reverseAfterApproval } from '../leg/claim-leg.ts';
import type { Person } from '../person/person.ts';
import { declinedAnswer, requestOf, withoutWrites, withWrites } from '../request/answers.ts';
import { finalRequest, finishedLeg, reversedLeg } from '../settlement/finish-debit.ts';
import type { Policy } from '../settlement/policy.ts';
import { packById } from '../settlement/policy.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Refund } from './refund.ts';
import { amountsOfRefund } from './refund-amounts.ts';
import type { RefundWork } from './refund-settlement.ts';
import { postRefund, stillUnknown } from './refund-settlement.ts';

/**
 * The second half of a refund whose bank's part was asked for: given back, called off, or taken back
 * itself. Every command may be given twice, and by somebody who has lost the leg meanwhile: then the
 * answer is what stands.
 */

/** The bank has answered the leg of a refund. Once its reversal has begun an approval comes too late. */
export function decideFinishRefund(command: FinishRefund, facts: Facts, policy: Policy): Decision {
  const asked = readOpenRefund(command.refundNo, facts);
  const { leg, request, asItStands } = asked;
  const isInHand = asked.refund.state === 'running' && isCurrent(leg, command);
  if (!isInHand || leg.state === 'reversing') {
    return command.outcome === 'approved'
      ? reverseAfterApproval(leg, command, asItStands)
      : asItStands;
  }
  const isOfCopy = command.outcome === 'not-sent' || isRefusalOfCopy(command.responseCode);
  // One copy that stayed here, or was turned away, says nothing of those sent before and meanwhile.
  if (command.outcome !== 'approved' && isOfCopy && leg.state !== 'sending') return asItStands;
  if (command.outcome === 'not-sent') return cancelRefund(asked, closedLeg(leg, 'not-sent'));
  const finished = finishedLeg(leg, command.outcome, command);
  return command.outcome === 'approved'
    ? postRefund(workOf(asked, facts, policy), request, finished, command.at)
    : cancelRefund(asked, finished, errorOfRefusal(command.responseCode));
}

function errorOfRefusal(responseCode: string): ErrorCode {
  return isSignInWanted(responseCode) ? 'BANK_SIGN_IN_NEEDED' : 'REFUND_BANK_DECLINED';
}

/** No answer to a refund's leg: a void is reversed, a refund is repeated under the same trace number. */
export function decideRefundUnanswered(command: BankUnanswered, facts: Facts): Decision {
  const asked = readOpenRefund(command.legNo, facts);
  const { leg, request, asItStands } = asked;
  const isInHand = asked.refund.state === 'running' && isCurrent(leg, command);
  if (!isInHand || leg.state !== 'sending') return asItStands;
  const answer = stillUnknown(asked);
  return withWrites(answer, {
    bankLeg: {
      ...leg,
      state: leg.kind === 'void' ? 'reversing' : 'repeating',
      reversalReason: command.reason,
      nextAttemptAt: command.at,
    },
    request: { ...finalRequest(request, answer), state: 'unknown' },
  });
}

/** The void was taken back: the sale stands, and the refund may be asked for again. */
export function decideVoidReversed(command: FinishReversal, facts: Facts): Decision {
  const asked = readOpenRefund(command.legNo, facts);
  const { leg, asItStands } = asked;
  if (leg.state !== 'reversing' || !isCurrent(leg, command)) return asItStands;
  const reversed = reversedLeg(leg, command.responseCode);
  if (asked.refund.state === 'running') return cancelRefund(asked, reversed);
  return { ...asItStands, writes: { bankLeg: reversed } };
}

/** The bank would not give its part back: the settlement stands as before. */
export function cancelRefund(
  { settlement, refund, request }: OpenRefund,
  leg: BankLeg,
  code: ErrorCode = 'REFUND_BANK_DECLINED',
): Decision {
  const answer = declinedAnswer(code, {
    requestKey: refund.requestKey,
    settlementId: settlement.id,
  });
  return withWrites(answer, {
    settlement: { from: 'refunding', to: { ...settlement, state: 'posted', deadline: undefined } },
    refund: { ...refund, state: 'declined' },
    bankLeg: leg,
    request: finalRequest(request, answer),
  });
}

/** A refund whose bank's part was asked for, under way or over. */
export type OpenRefund = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly refund: Refund;
  readonly leg: BankLeg;
  /** Undefined: its month was taken out of the books, see OpenSale. */
  readonly request: RequestRecord | undefined;
  /** For the command that comes second, or too late. */
  readonly asItStands: Decision;
};

/** Reads it out of the facts of a command that names its settlement. */
export function readOpenRefund(refundNo: number, facts: Facts): OpenRefund {
  const { person, settlement } = facts;
  invariant(person !== undefined && settlement !== undefined, 'the settlement is not stored');
  const refund = facts.refunds.find((known) => known.refundNo === refundNo);
  const leg = facts.bankLegs.find((known) => known.legNo === refundNo);
  const request = requestOf(facts.requests, refund);
  invariant(refund !== undefined && leg !== undefined, 'the refund is not stored');
  const answer = request?.answer;
  const asItStands: Decision =
    answer === undefined
      ? withoutWrites(stillUnknown({ settlement, refund }))
      : { answer, isReplay: true, writes: undefined };
  return { person, settlement, refund, leg, request, asItStands };
}

function workOf(asked: OpenRefund, facts: Facts, policy: Policy): RefundWork {
  const { person, settlement, refund } = asked;
  const pack = packById(policy, settlement.packId);
  const back = amountsOfRefund(settlement, pack, refund.lines);
  invariant(back !== undefined, 'a refund under way has amounts');
  return { person, settlement, pack, refund, back, facts };
}
