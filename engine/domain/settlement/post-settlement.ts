import type { Split } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { subtractFen, ZERO } from '../../base/money/fen.ts';
import type { OutboxMessage } from '../decision.ts';
import type { NewPosting } from '../ledger/entries.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { Settlement } from './settlement.ts';

/**
 * The amounts of a posting; the patient's part goes to bank or cash by the tender.
 * @param claimPay the part of the patient's part that is a claim on them
 */
export function postingAmounts(
  settlement: Pick<Settlement, 'insuredRegion' | 'institution' | 'tender'>,
  split: Pick<Split, 'funds' | 'accountPay' | 'patientPay'>,
  claimPay: Fen = ZERO,
): Parameters<typeof settlementEntries>[0] {
  const isBank = settlement.tender === 'bank-debit';
  const tendered = subtractFen(split.patientPay, claimPay);
  return {
    region: settlement.insuredRegion,
    institution: settlement.institution,
    funds: split.funds,
    accountPay: split.accountPay,
    bankPay: isBank ? tendered : ZERO,
    cashPay: isBank ? ZERO : tendered,
    claimPay,
  };
}

/** The posting of a settlement, and its outbox message. */
export function settlementPosting(
  settlement: Settlement,
  split: Split,
): { readonly posting: NewPosting; readonly outbox: readonly OutboxMessage[] } {
  const { id: settlementId } = settlement;
  return {
    posting: {
      settlementId,
      postingNo: 0,
      entries: settlementEntries(postingAmounts(settlement, split)),
    },
    outbox: [{ topic: 'settlement.posted', settlementId, payload: {} }],
  };
}
