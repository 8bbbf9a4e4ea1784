import type { CommandKind, SettlementCommand } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import type { Operator } from '../operator/operator.ts';
import { areTwoPeople } from '../operator/operator.ts';
import { resolutionAnswer } from '../request/answer.ts';
import type { Resolution, ResolutionOutcome } from './resolution.ts';
import {
  needsResolutions,
  openProposals,
  readResolutionFacts,
  refuseResolution,
} from './resolution-facts.ts';

/**
 * 人工销账, first step: an operator proposes the outcome of a reversal that the bank cannot answer. Only
 * operators give this command, and what it writes is never changed.
 */
export type ProposeResolution = SettlementCommand & {
  readonly type: 'propose-resolution';
  readonly legNo: number;
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
  readonly by: Operator;
};

export const proposeResolution: CommandKind<ProposeResolution> = {
  type: 'propose-resolution',
  startsWork: false,
  needs: needsResolutions,
  decide,
};

/** A later proposal replaces an earlier one; an equal one is not added again. */
function decide(command: ProposeResolution, facts: Facts): Decision {
  const { leg, settlement, resolutions } = readResolutionFacts(command, facts);
  if (leg?.state !== 'reversing') return refuseResolution('CLOSING_NOT_POSSIBLE', settlement);
  const { key, settlementId, legNo, outcome, reason, by, at } = command;
  const last = openProposals(resolutions, leg).at(-1);
  const isSame =
    last?.outcome === outcome && last.reason === reason && !areTwoPeople(last.proposedBy, by);
  if (last !== undefined && isSame) return withoutWrites(resolutionAnswer(last));
  const resolution: Resolution = {
    key,
    settlementId,
    legNo,
    outcome,
    reason,
    proposedBy: by,
    proposalNo: resolutions.length + 1,
    lateRrn: leg.lateRrn,
    proposedAt: at,
    approval: undefined,
  };
  return withWrites(resolutionAnswer(resolution), { resolution });
}
