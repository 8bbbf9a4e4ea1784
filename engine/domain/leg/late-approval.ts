import type { CommandKind, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision } from '../decision.ts';
import { withoutWrites } from '../decision.ts';
import type { BankLeg } from './bank-leg.ts';
import { readNamedLeg } from './leg-of-command.ts';

/** An approval without a waiting request: its debit is reversed; it never revives the settlement. */
export type LateApproval = SettlementCommand & {
  readonly type: 'late-approval';
  readonly legNo: number;
  readonly rrn: string;
  readonly authCode: string | undefined;
};

export const lateApproval: CommandKind<LateApproval> = {
  type: 'late-approval',
  startsWork: false,
  needs: needsSettlement,
  decide(command, facts) {
    const { leg, answer } = readNamedLeg(command, facts);
    return reverseAfterApproval(leg, command, withoutWrites(answer));
  },
};

/**
 * Begins another reversal after the bank approved what the engine had given up, whatever became of the
 * settlement. The fence rises, so that a running attempt does not count: it may have reached the bank
 * before the message that it reverses. A second copy of the approval changes nothing. Nothing is done for a
 * leg that is sending or repeating, whose request receives the answer, nor for a refund, which has no
 * reversal.
 */
export function reverseAfterApproval(
  leg: BankLeg,
  approval: { readonly at: number; readonly rrn: string; readonly authCode: string | undefined },
  asItStands: Decision,
): Decision {
  const isGivenUp = ['reversing', 'reversed', 'declined', 'not-sent'].includes(leg.state);
  if (!isGivenUp || leg.kind === 'refund' || leg.lateRrn === approval.rrn) return asItStands;
  const { at, rrn, authCode } = approval;
  return {
    ...asItStands,
    writes: {
      bankLeg: {
        ...leg,
        state: 'reversing',
        reversalReason: leg.reversalReason ?? '96',
        fence: leg.fence + 1,
        attempts: 0,
        nextAttemptAt: at,
        openSince: leg.openSince ?? at,
        authCode: authCode ?? leg.authCode,
        lateRrn: rrn,
      },
    },
  };
}
