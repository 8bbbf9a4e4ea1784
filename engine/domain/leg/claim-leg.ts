import type { CommandKind, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { claimedLeg, isDue } from './leg.ts';
import { readNamedLeg } from './leg-of-command.ts';

/**
 * An engine claims a leg that is due, for one attempt: for `leaseMs` nobody else works on it. If that engine
 * dies, the lease ends and others may claim it. The store guards the command by the person's version: of two
 * engines that claim at once, one finds the other's claim.
 */
export type ClaimLeg = SettlementCommand & {
  readonly type: 'claim-leg';
  readonly legNo: number;
  readonly leaseMs: number;
};

export const claimLeg: CommandKind<ClaimLeg> = {
  type: 'claim-leg',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

function decide(command: ClaimLeg, facts: Facts): Decision {
  const { leg, answer } = readNamedLeg(command, facts);
  if (!isDue(leg.nextAttemptAt, command.at)) return withoutWrites(answer);
  return withWrites(answer, { bankLeg: claimedLeg(leg, command.at + command.leaseMs) });
}
