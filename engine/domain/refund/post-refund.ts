import type { Accumulators } from '../../../rules/model/bill.ts';
import { addFen, fen, negateFen, subtractFen } from '../../base/money/fen.ts';
import type { Claim } from '../correction/correction.ts';
import { changedClaim, claimOf } from '../correction/correction.ts';
import type { Decision, Writes } from '../decision.ts';
import { withWrites } from '../decision.ts';
import type { LedgerEntry } from '../ledger/entries.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Accumulator } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import type { Answer } from '../request/answer.ts';
import { refundedAnswer } from '../request/answer.ts';
import type { RequestWrite } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { postingAmounts } from '../settlement/post-settlement.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { laterOfRefund } from './later-of-refund.ts';
import type { Refund } from './refund.ts';
import type { AmountsBack } from './refund-amounts.ts';
import type { RefundToPost } from './refund-to-post.ts';
import { refundAccumulator } from './refund-to-post.ts';

/** What ends a refund. */
export type RefundEnd = {
  /** Makes the refund's request record from its answer. */
  readonly createRequest: (answer: Answer) => RequestWrite;
  /** The answered bank leg; undefined without a bank part. */
  readonly leg: BankLeg | undefined;
  /** ms */
  readonly at: number;
};

/** Posts a refund. */
export function postRefund(
  toPost: RefundToPost,
  rulebook: Rulebook,
  { createRequest, leg, at }: RefundEnd,
): Decision {
  const { person, settlement, back } = toPost;
  const { id: settlementId } = settlement;
  const later = laterOfRefund(toPost, rulebook, at);
  const returned = later.corrected.map(({ correction: { before, amounts } }) =>
    subtractFen(before.accountPay, amounts.accountPay),
  );
  const accountBalance = addFen(person.accountBalance, back.accountPay, ...returned);
  const refunded = settlementAfter(toPost, accountBalance);
  const refund: Refund = { ...toPost.refund, state: 'done' };
  const entries = refundEntries(settlement, refund, back);
  const answer = refundedAnswer(refunded, refund, back, later.effects);
  const writes: Writes = {
    person: { ...person, accountBalance },
    accumulator: reducedAccumulator(toPost, later.gone),
    settlement: { from: settlement.state, to: refunded },
    refund,
    request: createRequest(answer),
    posting: { settlementId, postingNo: refund.refundNo, entries },
    outbox: [
      { topic: 'settlement.refunded', settlementId, payload: { at: String(at) } },
      ...later.outbox,
    ],
    ...(refund.claimPay > 0n && { claim: reducedClaim(toPost, at) }),
    ...(later.corrected.length > 0 && { corrected: later.corrected }),
  };
  return withWrites(answer, leg === undefined ? writes : { ...writes, bankLeg: leg });
}

/** The settlement with the amounts of the lines that remain. */
function settlementAfter(
  { settlement, refund, back }: RefundToPost,
  balanceAfter: Settlement['balanceAfter'],
): Settlement {
  const { amounts, input } = settlement;
  const refundedLines = [...settlement.refundedLines, ...refund.lines];
  const isAll = refundedLines.length === input.lines.length;
  return {
    ...settlement,
    state: isAll ? 'refunded' : 'posted',
    refundedLines,
    amounts: {
      total: fen(amounts.total - back.total),
      fundTotal: fen(amounts.fundTotal - back.fundTotal),
      otherTotal: fen(amounts.otherTotal - back.otherTotal),
      accountPay: fen(amounts.accountPay - back.accountPay),
      patientPay: fen(amounts.patientPay - back.patientPay),
    },
    balanceAfter,
    deadline: undefined,
  };
}

function refundEntries(
  settlement: Settlement,
  { claimPay }: Refund,
  back: AmountsBack,
): readonly LedgerEntry[] {
  return settlementEntries(postingAmounts(settlement, back, claimPay)).map((entry) => ({
    ...entry,
    amount: negateFen(entry.amount),
  }));
}

/** Without what is gone, and not held any more by this refund: another one may hold it. */
function reducedAccumulator(toPost: RefundToPost, gone: Accumulators): Accumulator {
  const reduced = addToAccumulator(refundAccumulator(toPost), gone, -1n);
  const { heldBy } = reduced;
  return { ...reduced, heldBy: heldBy === toPost.settlement.id ? undefined : heldBy };
}

/** The settlement's claim without what the refund takes of it. */
function reducedClaim({ settlement, refund, facts }: RefundToPost, at: number): Claim {
  return changedClaim(claimOf(settlement, facts.claims), negateFen(refund.claimPay), at);
}
