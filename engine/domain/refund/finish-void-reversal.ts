import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { reversedLeg } from '../leg/bank-leg.ts';
import { isCurrent } from '../leg/leg.ts';
import { cancelRefund, readOpenRefund } from './open-refund.ts';

/** The bank answered the reversal of a void: the settlement stands, and a refund may be requested again. */
export type FinishVoidReversal = ClaimedLegCommand & {
  readonly type: 'finish-void-reversal';
  readonly refundNo: number;
  readonly responseCode: string;
};

export const finishVoidReversal: CommandKind<FinishVoidReversal> = {
  type: 'finish-void-reversal',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: FinishVoidReversal, facts: Facts): Decision {
  const open = readOpenRefund(command.refundNo, facts);
  const { leg, asItStands } = open;
  if (leg.state !== 'reversing' || !isCurrent(leg, command)) return asItStands;
  const reversed = reversedLeg(leg, command.responseCode);
  if (open.refund.state === 'running') return cancelRefund(open, reversed);
  return { ...asItStands, writes: { bankLeg: reversed } };
}
