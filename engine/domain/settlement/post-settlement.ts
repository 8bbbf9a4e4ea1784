import type { Split } from '../../../rules/model/split.ts';
import { ZERO } from '../../base/money/fen.ts';
import type { NewPosting, OutboxMessage } from '../decision.ts';
import { settlementEntries } from '../ledger/entries.ts';
import type { Settlement } from './settlement.ts';

/** The amounts of a posting; the patient's part goes to bank or cash by the tender. */
export function postingAmounts(
  settlement: Pick<Settlement, 'insuredRegion' | 'institution' | 'tender'>,
  split: Pick<Split, 'funds' | 'accountPay' | 'patientPay'>,
): Parameters<typeof settlementEntries>[0] {
  const isBank = settlement.tender === 'bank-debit';
  return {
    region: settlement.insuredRegion,
    institution: settlement.institution,
    funds: split.funds,
    accountPay: split.accountPay,
    bankPay: isBank ? split.patientPay : ZERO,
    cashPay: isBank ? ZERO : split.patientPay,
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
