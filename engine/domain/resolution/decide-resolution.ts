import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { invariant } from '../../base/errors/result.ts';
import { negateFen } from '../../base/money/fen.ts';
import type { ApproveResolution, ProposeResolution } from '../commands.ts';
import type { Decision, Facts, Writes } from '../decision.ts';
import { assertBalanced, type LedgerEntry } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import { closedLeg } from '../leg/bank-leg.ts';
import { cancelRefund, readOpenRefund } from '../refund/finish-refund.ts';
import { approvedAnswer, declinedAnswer, withoutWrites, withWrites } from '../request/answers.ts';
import { readOpenSettlement, releaseReservation, reversedLeg } from '../settlement/finish-debit.ts';
import type { Policy } from '../settlement/policy.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Resolution } from './resolution.ts';
import { operatorName } from './resolution.ts';

/**
 * Closing by hand a reversal that the bank cannot answer: one operator proposes what is true of it, another
 * approves. Nothing automatic gives these commands, and nothing of what they write is ever changed.
 */

/** A later proposal takes the place of an earlier one; given twice, it is one. */
export function decideProposeResolution(command: ProposeResolution, facts: Facts): Decision {
  const { leg, settlement, closings } = closingFacts(command, facts);
  if (leg?.state !== 'reversing') return refuse('CLOSING_NOT_POSSIBLE', settlement);
  const { key, settlementId, legNo, outcome, reason, at } = command;
  const proposedBy = nameOf(command.by);
  const last = openProposals(closings, leg).at(-1);
  const isSame =
    last?.outcome === outcome && last.reason === reason && last.proposedBy === proposedBy;
  if (last !== undefined && isSame) return withoutWrites(closingAnswer(last));
  const closing: Resolution = {
    ...{ key, settlementId, legNo, outcome, reason, proposedBy },
    proposalNo: closings.length + 1,
    lateRrn: leg.lateRrn,
    proposedAt: at,
    approval: undefined,
  };
  return withWrites(closingAnswer(closing), { resolution: closing });
}

/** Carries the proposal out. Whoever still works on the leg loses it with that. */
export function decideApproveResolution(
  command: ApproveResolution,
  facts: Facts,
  policy: Policy,
): Decision {
  const { leg, settlement, closings } = closingFacts(command, facts);
  const by = nameOf(command.by);
  const done = closings.find((known) => isDoneBy(known, command, by));
  if (done !== undefined) return withoutWrites(closingAnswer(done));
  if (leg?.state !== 'reversing') return refuse('CLOSING_NOT_POSSIBLE', settlement);
  const open = openProposals(closings, leg);
  const proposal = open.at(-1);
  // Nobody approves unseen what has taken the place of another proposal.
  const isMeant =
    command.proposalNo === undefined
      ? open.length === 1
      : proposal?.proposalNo === command.proposalNo;
  if (proposal === undefined || !isMeant) return refuse('CLOSING_NOT_PROPOSED', settlement);
  if (proposal.proposedBy === by) return refuse('CLOSING_NEEDS_SECOND_PERSON', settlement);
  const closing: Resolution = { ...proposal, approval: { by, at: command.at } };
  const writes = carryOut(closing, { leg, facts, policy });
  return withWrites(closingAnswer(closing), { ...writes, resolution: closing });
}

type Subject = { readonly leg: BankLeg; readonly facts: Facts; readonly policy: Policy };

function carryOut({ outcome, proposalNo }: Resolution, { leg, facts, policy }: Subject): Writes {
  const fence = leg.fence + 1;
  if (outcome === 'bank-reversed') {
    const closed = { ...reversedLeg(leg, leg.responseCode), fence };
    const code = leg.legNo === 0 ? 'BANK_REVERSED' : 'REFUND_BANK_DECLINED';
    return endOf(closed, code, { leg, facts, policy });
  }
  const kept = { ...closedLeg(leg, 'kept'), fence };
  return {
    ...endOf(kept, 'BANK_DIFFERENCE_IN_SUSPENSE', { leg, facts, policy }),
    posting: { postingNo: -proposalNo, entries: suspenseEntries(leg, facts.settlement) },
  };
}

/** Where the settlement still waits for the reversal it ends with it; else only the leg does. */
function endOf(
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
      ? releaseReservation(readOpenSettlement(facts, policy), code, closed)
      : cancelRefund(readOpenRefund(leg.legNo, facts), closed, code);
  invariant(ended.writes !== undefined, 'what waited is ended');
  return ended.writes;
}

/** The bank has debited (a sale) or paid back (a void) what no other posting shows. */
function suspenseEntries(leg: BankLeg, settlement: Settlement | undefined): readonly LedgerEntry[] {
  invariant(settlement !== undefined, 'a leg belongs to a settlement');
  const amount = leg.kind === 'void' ? negateFen(leg.amount) : leg.amount;
  const entries: readonly LedgerEntry[] = [
    { account: `bank:${settlement.institution}`, amount: negateFen(amount) },
    { account: `suspense:bank:${leg.bankMerchantId}`, amount },
  ];
  assertBalanced(entries);
  return entries;
}

/** Proposals that still stand: made since the leg was opened, and with no approval of the bank since. */
function openProposals(closings: readonly Resolution[], leg: BankLeg): readonly Resolution[] {
  return closings
    .filter(
      ({ legNo, approval, proposedAt, lateRrn }) =>
        legNo === leg.legNo &&
        approval === undefined &&
        proposedAt >= (leg.openSince ?? 0) &&
        lateRrn === leg.lateRrn,
    )
    .toSorted((a, b) => a.proposalNo - b.proposalNo);
}

function isDoneBy(closing: Resolution, command: ApproveResolution, by: string): boolean {
  const { proposalNo, legNo, approval } = closing;
  return (
    legNo === command.legNo &&
    approval?.by === by &&
    proposalNo === (command.proposalNo ?? proposalNo)
  );
}

function closingFacts({ legNo }: { readonly legNo: number }, facts: Facts) {
  const { settlement, resolutions: closings } = facts;
  invariant(settlement !== undefined, 'the settlement is not stored');
  invariant(closings !== undefined, 'closings are read for their own commands');
  return { settlement, closings, leg: facts.bankLegs.find((known) => known.legNo === legNo) };
}

function nameOf(by: string): string {
  const name = operatorName(by);
  invariant(name !== undefined, 'an operator has a name');
  return name;
}

function refuse(code: ErrorCode, { id }: Settlement): Decision {
  return withoutWrites(declinedAnswer(code, { settlementId: id }));
}

/** Without the names: answers may be logged. */
function closingAnswer({ settlementId, legNo, proposalNo, outcome, approval }: Resolution) {
  const state = approval === undefined ? 'proposed' : 'closed';
  return approvedAnswer({
    outcome: 'approved',
    settlementId,
    legNo,
    proposalNo,
    state,
    closing: outcome,
  });
}
