import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import type { FactsNeed, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites } from '../decision.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { declinedAnswer } from '../request/answer.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Resolution } from './resolution.ts';

/** The facts of a settlement with its resolutions, which only resolution commands read. */
export function needsResolutions(command: SettlementCommand): FactsNeed {
  return { ...needsSettlement(command), resolutions: true };
}

export function readResolutionFacts({ legNo }: { readonly legNo: number }, facts: Facts) {
  const { settlement, resolutions } = facts;
  invariant(settlement !== undefined, 'the settlement is not stored');
  invariant(resolutions !== undefined, 'resolutions are read for their own commands');
  const leg = facts.bankLegs.find((known) => known.legNo === legNo);
  return { settlement, resolutions, leg };
}

/**
 * Proposals that may be approved: made since the leg was opened, with no late approval since, and by somebody
 * who had to prove who they are.
 */
export function openProposals(
  resolutions: readonly Resolution[],
  leg: BankLeg,
): readonly Resolution[] {
  return resolutions
    .filter(
      ({ legNo, approval, proposedAt, proposedBy, lateRrn }) =>
        legNo === leg.legNo &&
        proposedBy.identity !== 'typed-name' &&
        approval === undefined &&
        proposedAt >= (leg.openSince ?? 0) &&
        lateRrn === leg.lateRrn,
    )
    .toSorted((a, b) => a.proposalNo - b.proposalNo);
}

export function refuseResolution(code: ErrorCode, { id }: Settlement): Decision {
  return withoutWrites(declinedAnswer(code, { settlementId: id }));
}
