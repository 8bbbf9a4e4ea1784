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
import { postingAmounts } from '../settlement/post-settlement.ts';
import { settlementAccumulator } from '../settlement/rule-bill.ts';
import type { Settlement } from '../settlement/settlement.ts';
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

/**
 * Posts a refund.
 * @param createRequest makes the refund's request record from its answer
 * @param leg the answered bank leg; undefined without a bank part
 * @param at ms
 */
export function postRefund(
  toPost: RefundToPost,
  createRequest: (answer: Answer) => RequestWrite,
  leg: BankLeg | undefined,
  at: number,
): Decision {
  const { person, settlement, back } = toPost;
  const { id: settlementId } = settlement;
  const accountBalance = addFen(person.accountBalance, back.accountPay);
  const refunded = settlementAfter(toPost, accountBalance);
  const refund: Refund = { ...toPost.refund, state: 'done' };
  const entries = refundEntries(settlement, back);
  const answer = refundedAnswer(refunded, refund);
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

function reducedAccumulator({ person, settlement, pack, back, facts }: RefundToPost): Accumulator {
  const accumulator = settlementAccumulator(person, facts.accumulators, settlement, pack);
  return addToAccumulator(accumulator, back.accumulatorChanges, -1n);
}
