import type { CommandKind, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { claimedLeg, isDue } from './leg.ts';
import { readNamedLeg } from './leg-of-command.ts';

/**
 * Claims a due leg for one attempt: no other engine works on it for `leaseMs`. If the engine ends, the lease
 * expires. The store guards the command by the person's version, so of two simultaneous claims one fails.
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
