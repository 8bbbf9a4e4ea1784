import type { Split } from '../../../rules/model/split.ts';
import type { SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, ZERO } from '../../base/money/fen.ts';
import type { LedgerEntry } from '../ledger/entries.ts';
import { assertBalanced, settlementEntries } from '../ledger/entries.ts';
import type { LaterBill } from '../refund/later-bills.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { assertAsPaid, settlementAmounts } from '../settlement/settlement.ts';
import type { CorrectedBill, Correction, KnownCorrections } from './correction.ts';
import {
  changedClaim,
  claimedBy,
  claimOf,
  correctionPostingNo,
  correctionsOf,
} from './correction.ts';

/** The refund from which a correction follows. */
export type Cause = {
  readonly settlementId: SettlementId;
  readonly refundNo: number;
  /** ms */
  readonly at: number;
};

/**
 * Corrects a later bill: its payers pay what they would have paid without what went back. What the patient
 * pays more or less is a claim, since the counter has been paid; what the account paid too much goes back
 * to it.
 */
export function correctBill(
  { settlement, now, without, input }: LaterBill,
  { settlementId: causedBy, refundNo, at }: Cause,
  { corrections, claims }: KnownCorrections,
): CorrectedBill {
  const { key, id: settlementId } = settlement;
  assertAsPaid(now, settlement);
  const correction: Correction = {
    ...{ key, settlementId, causedBy, refundNo, at },
    correctionNo: correctionsOf(settlement, corrections).length + 1,
    linesRefunded: settlement.refundedLines.length,
    accumulators: input.accumulators,
    accountAvailable: input.accountAvailable,
    before: settlement.amounts,
    amounts: settlementAmounts(without),
  };
  const claimed = claimedBy(correction);
  const entries = correctionEntries(settlement, now, without);
  const postingNo = correctionPostingNo(correction.correctionNo);
  return {
    settlement: { ...settlement, amounts: correction.amounts },
    correction,
    claim: claimed === 0n ? undefined : changedClaim(claimOf(settlement, claims), claimed, at),
    posting: entries.length === 0 ? undefined : { settlementId, postingNo, entries },
  };
}

/** What each payer pays more; the patient's part is a claim of the insured region. They sum to zero. */
export function correctionEntries(
  settlement: Pick<Settlement, 'insuredRegion' | 'institution'>,
  now: Paid,
  without: Paid,
): readonly LedgerEntry[] {
  const sums = new Map<LedgerEntry['account'], Fen>();
  const add = (split: Paid, sign: 1n | -1n) => {
    for (const { account, amount } of entriesByClaim(settlement, split))
      sums.set(account, fen((sums.get(account) ?? ZERO) + sign * amount));
  };
  add(without, 1n);
  add(now, -1n);
  const entries = [...sums]
    .map(([account, amount]) => ({ account, amount }))
    .filter(({ amount }) => amount !== 0n);
  assertBalanced(entries);
  return entries;
}

type Paid = Pick<Split, 'funds' | 'accountPay' | 'patientPay'>;

function entriesByClaim(
  { insuredRegion, institution }: Pick<Settlement, 'insuredRegion' | 'institution'>,
  { funds, accountPay, patientPay }: Paid,
): readonly LedgerEntry[] {
  const region = insuredRegion;
  const paid = { bankPay: ZERO, cashPay: ZERO, claimPay: patientPay };
  return settlementEntries({ region, institution, funds, accountPay, ...paid });
}
