import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { closedLeg } from '../leg/leg.ts';
import { declineError } from '../leg/response-codes.ts';
import type { Rulebook } from '../rulebook.ts';
import {
  answerAsItStands,
  isClaimCurrent,
  readOpenSettlement,
  releaseHold,
} from './open-settlement.ts';

/** The bank declined, or was certainly not asked: nothing was charged, and the reservation is released. */
export type ReleaseReservation = ClaimedLegCommand & {
  readonly type: 'release-reservation';
  /** Undefined: the request was not sent. */
  readonly responseCode: string | undefined;
};

export const releaseReservation: CommandKind<ReleaseReservation> = {
  type: 'release-reservation',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: ReleaseReservation, facts: Facts, { policy }: Rulebook): Decision {
  const open = readOpenSettlement(facts, policy);
  if (!isClaimCurrent(open, command)) return answerAsItStands(open);
  const { responseCode } = command;
  const state = responseCode === undefined ? 'not-sent' : 'declined';
  const code = responseCode === undefined ? 'BANK_UNREACHABLE' : declineError(responseCode);
  return releaseHold(open, code, { ...closedLeg(open.leg, state), responseCode });
}
