import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import { currentInput } from '../correction/correction.ts';
import type { Decision, Facts } from '../decision.ts';
import type { BankReplyFacts } from '../leg/bank-leg.ts';
import { answeredLeg } from '../leg/bank-leg.ts';
import { reverseAfterApproval } from '../leg/late-approval.ts';
import { closedLeg } from '../leg/leg.ts';
import { isRefusalOfCopy, isSignInWanted } from '../leg/response-codes.ts';
import type { Answer } from '../request/answer.ts';
import { answeredRequest } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import type { Policy } from '../settlement/policy.ts';
import { packById } from '../settlement/policy.ts';
import type { OpenRefund } from './open-refund.ts';
import { cancelRefund, isClaimCurrent, readOpenRefund } from './open-refund.ts';
import { postRefund } from './post-refund.ts';
import { checkedAmountsBack } from './refund-amounts.ts';
import type { RefundToPost } from './refund-to-post.ts';

/** The bank answered the refund's leg. `not-sent`: this copy was certainly not sent; the reply is empty. */
export type FinishRefund = ClaimedLegCommand &
  BankReplyFacts & {
    readonly type: 'finish-refund';
    readonly refundNo: number;
    readonly outcome: 'approved' | 'declined' | 'not-sent';
  };

export const finishRefund: CommandKind<FinishRefund> = {
  type: 'finish-refund',
  startsWork: false,
  needs: (command) => ({ ...needsSettlement(command), later: true }),
  decide,
};

/** An approval is too late once the reversal of the leg has begun; it is reversed. */
function decide(command: FinishRefund, facts: Facts, rulebook: Rulebook): Decision {
  const open = readOpenRefund(command.refundNo, facts);
  const { leg, asItStands } = open;
  if (!isClaimCurrent(open, command) || leg.state === 'reversing') {
    return command.outcome === 'approved'
      ? reverseAfterApproval(leg, command, asItStands)
      : asItStands;
  }
  const isOfCopy = command.outcome === 'not-sent' || isRefusalOfCopy(command.responseCode);
  // That one copy was refused or not sent says nothing about the other copies.
  if (command.outcome !== 'approved' && isOfCopy && leg.state !== 'sending') return asItStands;
  if (command.outcome === 'not-sent') return cancelRefund(open, closedLeg(leg, 'not-sent'));
  const answered = answeredLeg(leg, command.outcome, command);
  if (command.outcome === 'declined') {
    return cancelRefund(open, answered, refusalError(command.responseCode));
  }
  const toPost = refundToPost(open, facts, rulebook.policy);
  const createRequest = (answer: Answer) => answeredRequest(open.request, answer);
  return postRefund(toPost, rulebook, { createRequest, leg: answered, at: command.at });
}

function refusalError(responseCode: string): ErrorCode {
  return isSignInWanted(responseCode) ? 'BANK_SIGN_IN_NEEDED' : 'REFUND_BANK_DECLINED';
}

function refundToPost(open: OpenRefund, facts: Facts, policy: Policy): RefundToPost {
  const { person, settlement, refund } = open;
  const pack = packById(policy, settlement.packId);
  const input = currentInput(settlement, facts.corrections);
  const back = checkedAmountsBack({ ...settlement, input }, pack, refund.lines);
  invariant(back !== undefined, 'an open refund has amounts');
  return { person, settlement, pack, refund, back, facts };
}
