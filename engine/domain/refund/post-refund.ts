import type { Pack } from '../../../rules/model/pack.ts';
import { addFen, fen, negateFen } from '../../base/money/fen.ts';
import type { Decision, Facts, Writes } from '../decision.ts';
import { withWrites } from '../decision.ts';
import type { LedgerEntry } from '../ledger/entries.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { addToAccumulator } from '../person/person.ts';
import type { Answer } from '../request/answer.ts';
import { refundedAnswer } from '../request/answer.ts';
import type { RequestWrite } from '../request/request-write.ts';
import type { Rulebook } from '../rulebook.ts';
import { postingAmounts } from '../settlement/post-settlement.ts';
import { settlementAccumulator } from '../settlement/rule-bill.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { isPaidOtherwise, laterBills, laterSettlements } from './later-bills.ts';
import type { Refund } from './refund.ts';
import type { AmountsBack } from './refund-amounts.ts';

/** A refund with its amounts, ready to be posted. */
export type RefundToPost = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly pack: Pack;
  readonly refund: Refund;
  readonly back: AmountsBack;
  readonly facts: Facts;
};

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
  rulebook: Pick<Rulebook, 'policy'>,
  { createRequest, leg, at }: RefundEnd,
): Decision {
  const { person, settlement, back } = toPost;
  const { id: settlementId } = settlement;
  const accountBalance = addFen(person.accountBalance, back.accountPay);
  const refunded = settlementAfter(toPost, accountBalance);
  const refund: Refund = { ...toPost.refund, state: 'done' };
  const entries = refundEntries(settlement, back);
  const answer = refundedAnswer(refunded, refund, laterEffects(toPost, rulebook));
  const writes: Writes = {
    person: { ...person, accountBalance },
    accumulator: reducedAccumulator(toPost),
    settlement: { from: settlement.state, to: refunded },
    refund,
    request: createRequest(answer),
    posting: { settlementId, postingNo: refund.refundNo, entries },
    outbox: [{ topic: 'settlement.refunded', settlementId, payload: { at: String(at) } }],
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

function refundEntries(settlement: Settlement, back: AmountsBack): readonly LedgerEntry[] {
  return settlementEntries(postingAmounts(settlement, back)).map((entry) => ({
    ...entry,
    amount: negateFen(entry.amount),
  }));
}

/** The accumulator in which the refunded settlement was counted. */
export function refundAccumulator(toPost: RefundToPost): Accumulator {
  const { person, settlement, pack, facts } = toPost;
  return settlementAccumulator(person, facts.accumulators, settlement, pack);
}

/** Without what went back, and not held any more. */
function reducedAccumulator(toPost: RefundToPost): Accumulator {
  const { accumulatorChanges } = toPost.back;
  const reduced = addToAccumulator(refundAccumulator(toPost), accumulatorChanges, -1n);
  return { ...reduced, heldBy: undefined };
}

/** What the refund means for the later bills that somebody would have paid otherwise. */
function laterEffects(toPost: RefundToPost, { policy }: Pick<Rulebook, 'policy'>) {
  const { settlement, pack, back, facts } = toPost;
  const { accumulatorChanges } = back;
  const later = laterSettlements({ settlement, pack }, facts, policy);
  const bills = laterBills({ settlement, pack, accumulatorChanges }, later, {
    policy,
    areCorrected: false,
  });
  return bills.filter(isPaidOtherwise).map(({ settlement: { id, businessDate } }) => ({
    settlementId: id,
    businessDate,
    effect: 'stands' as const,
  }));
}
