import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { reversedLeg } from '../leg/bank-leg.ts';
import { isCurrent } from '../leg/leg.ts';
import type { Rulebook } from '../rulebook.ts';
import { answerAsItStands, readOpenSettlement, releaseHold } from './open-settlement.ts';

/** The bank answered the reversal of a debit with an approval, 12 or 25: the debit has no effect. */
export type FinishReversal = ClaimedLegCommand & {
  readonly type: 'finish-reversal';
  readonly responseCode: string;
};

export const finishReversal: CommandKind<FinishReversal> = {
  type: 'finish-reversal',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: FinishReversal, facts: Facts, { policy }: Rulebook): Decision {
  const open = readOpenSettlement(facts, policy);
  if (open.leg.state !== 'reversing' || !isCurrent(open.leg, command)) {
    return answerAsItStands(open);
  }
  const leg = reversedLeg(open.leg, command.responseCode);
  // After a late approval the settlement was released before: only the leg is open.
  if (open.settlement.state !== 'reversing') {
    return { ...answerAsItStands(open), writes: { bankLeg: leg } };
  }
  return releaseHold(open, 'BANK_REVERSED', leg);
}
