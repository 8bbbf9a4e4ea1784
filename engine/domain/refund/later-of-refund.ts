import type { Accumulators } from '../../../rules/model/bill.ts';
import { correctBill } from '../correction/correct-bill.ts';
import type { CorrectedBill } from '../correction/correction.ts';
import { claimedBy } from '../correction/correction.ts';
import type { OutboxMessage } from '../decision.ts';
import type { LaterEffect } from '../request/answer.ts';
import type { Rulebook } from '../rulebook.ts';
import { isPaidOtherwise, laterBills, laterSettlements } from './later-bills.ts';
import { refundOrderOf } from './refund-order.ts';
import type { RefundToPost } from './refund-to-post.ts';

/** What a refund does to the later bills of its year. */
export type LaterOfRefund = {
  readonly corrected: readonly CorrectedBill[];
  /** By what the accumulators fall in all. */
  readonly gone: Accumulators;
  /** Of the bills that somebody would have paid otherwise. */
  readonly effects: readonly LaterEffect[];
  readonly outbox: readonly OutboxMessage[];
};

/** @param at of the posting, ms */
export function laterOfRefund(
  { settlement, pack, back, refund, facts }: RefundToPost,
  { policy, refundOrder }: Rulebook,
  at: number,
): LaterOfRefund {
  const { accumulatorChanges } = back;
  const later = laterSettlements({ settlement, pack }, facts, policy);
  // One that is open can only have come while the region's setting was another one; then they all stand.
  const areCorrected =
    refundOrderOf(settlement, refundOrder) === 'reprice' &&
    later.every(({ state }) => state === 'posted');
  const rules = { policy, areCorrected, corrections: facts.corrections };
  const { bills, gone } = laterBills({ settlement, pack, accumulatorChanges }, later, rules);
  const cause = { settlementId: settlement.id, refundNo: refund.refundNo, at };
  const corrected = bills
    .filter(({ isCorrected }) => isCorrected)
    .map((bill) => correctBill(bill, cause, facts));
  const effects = bills.filter(isPaidOtherwise).map((bill): LaterEffect => {
    const { id: settlementId, businessDate } = bill.settlement;
    const own = corrected.find(({ correction }) => correction.settlementId === settlementId);
    return own === undefined
      ? { settlementId, businessDate, effect: 'stands' }
      : { settlementId, businessDate, effect: 'corrected', claim: claimedBy(own.correction) };
  });
  const outbox = effects
    .filter(({ effect }) => effect === 'corrected')
    .map(({ settlementId }) => ({
      topic: 'settlement.corrected',
      settlementId,
      payload: { at: String(at), causedBy: settlement.id },
    }));
  return { corrected, gone, effects, outbox };
}
