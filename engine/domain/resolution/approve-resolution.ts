import { invariant } from '../../base/errors/result.ts';
import { negateFen } from '../../base/money/fen.ts';
import type { CommandKind, SettlementCommand } from '../command.ts';
import type { Decision, Facts, Writes } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { assertBalanced, type LedgerEntry } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { reversedLeg } from '../leg/bank-leg.ts';
import { closedLeg } from '../leg/leg.ts';
import type { Operator } from '../operator/operator.ts';
import { areTwoPeople } from '../operator/operator.ts';
import { cancelRefund, readOpenRefund } from '../refund/open-refund.ts';
import { resolutionAnswer } from '../request/answer.ts';
import type { Rulebook } from '../rulebook.ts';
import { readOpenSettlement, releaseHold } from '../settlement/open-settlement.ts';
import type { Policy } from '../settlement/policy.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Resolution } from './resolution.ts';
import {
  needsResolutions,
  openProposals,
  readResolutionFacts,
  refuseResolution,
} from './resolution-facts.ts';

/** 人工销账, second step: another operator approves a proposal, which is executed. */
export type ApproveResolution = SettlementCommand & {
  readonly type: 'approve-resolution';
  readonly legNo: number;
  /** Undefined: the only open proposal. */
  readonly proposalNo: number | undefined;
  readonly by: Operator;
};

export const approveResolution: CommandKind<ApproveResolution> = {
  type: 'approve-resolution',
  startsWork: false,
  needs: needsResolutions,
  decide,
};

/** Executes a proposal. It raises the fence, so any claim on the leg ends. */
function decide(command: ApproveResolution, facts: Facts, { policy }: Rulebook): Decision {
  const { leg, settlement, resolutions } = readResolutionFacts(command, facts);
  const { by } = command;
  const done = resolutions.find((known) => isApproved(known, command));
  if (done !== undefined) return withoutWrites(resolutionAnswer(done));
  if (leg?.state !== 'reversing') return refuseResolution('CLOSING_NOT_POSSIBLE', settlement);
  const open = openProposals(resolutions, leg);
  const proposal = open.at(-1);
  // With several proposals the number is required, so that nobody approves a proposal they have not seen.
  const isMeant =
    command.proposalNo === undefined
      ? open.length === 1
      : proposal?.proposalNo === command.proposalNo;
  if (proposal === undefined || !isMeant) {
    return refuseResolution('CLOSING_NOT_PROPOSED', settlement);
  }
  if (!areTwoPeople(proposal.proposedBy, by))
    return refuseResolution('CLOSING_NEEDS_SECOND_PERSON', settlement);
  const resolution: Resolution = { ...proposal, approval: { by, at: command.at } };
  const writes = resolutionWrites(resolution, { leg, facts, policy });
  return withWrites(resolutionAnswer(resolution), { ...writes, resolution });
}

function isApproved(resolution: Resolution, command: ApproveResolution): boolean {
  const { proposalNo, legNo, approval } = resolution;
  return (
    legNo === command.legNo &&
    approval !== undefined &&
    !areTwoPeople(approval.by, command.by) &&
    proposalNo === (command.proposalNo ?? proposalNo)
  );
}

type Subject = { readonly leg: BankLeg; readonly facts: Facts; readonly policy: Policy };

function resolutionWrites(
  { outcome, proposalNo }: Resolution,
  { leg, facts, policy }: Subject,
): Writes {
  const fence = leg.fence + 1;
  if (outcome === 'bank-reversed') {
    const closed = { ...reversedLeg(leg, leg.responseCode), fence };
    const code = leg.legNo === 0 ? 'BANK_REVERSED' : 'REFUND_BANK_DECLINED';
    return endWaitingOperation(closed, code, { leg, facts, policy });
  }
  const kept = { ...closedLeg(leg, 'kept'), fence };
  const { settlement } = facts;
  invariant(settlement !== undefined, 'a leg belongs to a settlement');
  return {
    ...endWaitingOperation(kept, 'BANK_DIFFERENCE_IN_SUSPENSE', { leg, facts, policy }),
    posting: {
      settlementId: settlement.id,
      postingNo: -proposalNo,
      entries: suspenseEntries(leg, settlement),
    },
  };
}

/** Ends the settlement or refund that waits for the reversal; if none waits, only the leg. */
function endWaitingOperation(
  closed: BankLeg,
  code: 'BANK_REVERSED' | 'REFUND_BANK_DECLINED' | 'BANK_DIFFERENCE_IN_SUSPENSE',
  { leg, facts, policy }: Subject,
): Writes {
  const isWaiting =
    leg.legNo === 0
      ? facts.settlement?.state === 'reversing'
      : facts.refunds.some(({ refundNo, state }) => refundNo === leg.legNo && state === 'running');
  if (!isWaiting) return { bankLeg: closed };
  const ended =
    leg.legNo === 0
      ? releaseHold(readOpenSettlement(facts, policy), code, closed)
      : cancelRefund(readOpenRefund(leg.legNo, facts), closed, code);
  invariant(ended.writes !== undefined, 'a waiting operation was ended');
  return ended.writes;
}

/** Entries for what the bank debited (sale) or paid back (void) and no other posting contains. */
function suspenseEntries(leg: BankLeg, settlement: Settlement): readonly LedgerEntry[] {
  const amount = leg.kind === 'void' ? negateFen(leg.amount) : leg.amount;
  const entries: readonly LedgerEntry[] = [
    { account: `bank:${settlement.institution}`, amount: negateFen(amount) },
    { account: `suspense:bank:${leg.bankMerchantId}`, amount },
  ];
  assertBalanced(entries);
  return entries;
}
