import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withWrites } from '../decision.ts';
import type { ReversalReason } from '../leg/bank-leg.ts';
import { movedLeg } from '../leg/leg.ts';
import { unknownAnswer } from '../request/answer.ts';
import { answeredRequest } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { answerAsItStands, isClaimCurrent, readOpenSettlement } from './open-settlement.ts';

/** The bank did not answer the debit. Its outcome is unknown, and it can only be reversed (冲正). */
export type BeginReversal = ClaimedLegCommand & {
  readonly type: 'begin-reversal';
  readonly reason: ReversalReason;
};

export const beginReversal: CommandKind<BeginReversal> = {
  type: 'begin-reversal',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: BeginReversal, facts: Facts, { policy }: Rulebook): Decision {
  const open = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(open, command)) return answerAsItStands(open);
  const { id: settlementId, requestKey } = open.settlement;
  const state = 'reversing';
  const answer = unknownAnswer('BANK_OUTCOME_UNKNOWN', { settlementId, requestKey, state });
  return withWrites(answer, {
    settlement: { from: 'reserved', to: { ...open.settlement, state, deadline: command.at } },
    bankLeg: { ...movedLeg(open.leg, state, command.at), reversalReason: command.reason },
    request: answeredRequest(open.request, answer, 'unknown'),
  });
}
