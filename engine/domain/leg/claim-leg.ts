import { invariant } from '../../base/errors/result.ts';
import type { ClaimBankLeg, LateApproval, PostponeBankLeg } from '../commands.ts';
import type { Answer, Decision, Facts } from '../decision.ts';
import { unknownAnswer, withoutWrites, withWrites } from '../request/answers.ts';
import type { BankLeg } from './bank-leg.ts';
import { isCurrent, isDue } from './bank-leg.ts';

/**
 * Who may work on a bank leg, and until when. The fence rises with every claim, and the store guards each
 * command by the person's version: of two engines that claim at once one finds the other's claim.
 */

/** A leg is taken if its time has come; whoever held it before has lost it with that. */
export function decideClaim(command: ClaimBankLeg, facts: Facts): Decision {
  const { leg, answer } = legOf(command, facts);
  if (!isDue(leg.nextAttemptAt, command.at)) return withoutWrites(answer);
  const nextAttemptAt = command.at + command.leaseMs;
  return withWrites(answer, { bankLeg: { ...leg, fence: leg.fence + 1, nextAttemptAt } });
}

/** An attempt without an answer: counted, and the next one set. A leg that was finished meanwhile stays finished. */
export function decidePostpone(command: PostponeBankLeg, facts: Facts): Decision {
  const { leg, answer } = legOf(command, facts);
  if (leg.nextAttemptAt === undefined || !isCurrent(leg, command)) return withoutWrites(answer);
  const { nextAttemptAt, responseCode } = command;
  return withWrites(answer, {
    bankLeg: {
      ...leg,
      attempts: leg.attempts + 1,
      nextAttemptAt,
      responseCode: responseCode ?? leg.responseCode,
    },
  });
}

/** An approval that the link brought when nobody waited for it any more. */
export function decideLateApproval(command: LateApproval, facts: Facts): Decision {
  const { leg, answer } = legOf(command, facts);
  return reverseAfterApproval(leg, command, withoutWrites(answer));
}

/**
 * The bank approved what the engine had given up, and holds money that nobody's books show: one more
 * reversal, whatever became of the settlement. The fence rises, so that an attempt which is under way does
 * not count: it may have reached the bank before the message that it undoes. A second copy changes nothing.
 * A leg that is still being sent, or repeated, has somebody who will hear of it; a refund has no reversal.
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

type OfLeg = { readonly legNo: number };

function legOf({ legNo }: OfLeg, facts: Facts): { readonly leg: BankLeg; readonly answer: Answer } {
  const leg = facts.bankLegs.find((known) => known.legNo === legNo);
  invariant(leg !== undefined && facts.settlement !== undefined, 'the bank leg is not stored');
  const { id, requestKey, state } = facts.settlement;
  return { leg, answer: unknownAnswer('BANK_OUTCOME_UNKNOWN', id, requestKey, state) };
}
