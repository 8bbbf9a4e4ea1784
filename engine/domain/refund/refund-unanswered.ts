import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withWrites } from '../decision.ts';
import type { ReversalReason } from '../leg/bank-leg.ts';
import { movedLeg } from '../leg/leg.ts';
import { answeredRequest } from '../request/request-write.ts';
import { isClaimCurrent, readOpenRefund, refundInProgress } from './open-refund.ts';

/**
 * The bank did not answer a refund's leg. A void can only be reversed from now on; a refund is repeated
 * under the same trace number until it is answered.
 */
export type RefundUnanswered = ClaimedLegCommand & {
  readonly type: 'refund-unanswered';
  readonly refundNo: number;
  readonly reason: ReversalReason;
};

export const refundUnanswered: CommandKind<RefundUnanswered> = {
  type: 'refund-unanswered',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: RefundUnanswered, facts: Facts): Decision {
  const open = readOpenRefund(command.refundNo, facts);
  const { leg, request, refund, asItStands } = open;
  if (!isClaimCurrent(open, command) || leg.state !== 'sending') return asItStands;
  const state = leg.kind === 'void' ? 'reversing' : 'repeating';
  const answer = refundInProgress(refund);
  return withWrites(answer, {
    bankLeg: { ...movedLeg(leg, state, command.at), reversalReason: command.reason },
    request: answeredRequest(request, answer, 'unknown'),
  });
}
