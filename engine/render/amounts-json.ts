import type { Fen } from '../base/money/fen.ts';
import { formatFen, subtractFen, ZERO } from '../base/money/fen.ts';
import type { SettlementAmounts, TenderKind } from '../domain/settlement/settlement.ts';

/**
 * The payers' amounts as decimal texts; the patient's part by its tender.
 * @param claimPay the part of it that is not paid at the counter but a claim
 */
export function payersDocument(
  amounts: Omit<SettlementAmounts, 'total'>,
  tender: TenderKind,
  claimPay: Fen = ZERO,
): Readonly<Record<string, string>> {
  const { fundTotal, otherTotal, accountPay, patientPay } = amounts;
  const tendered = subtractFen(patientPay, claimPay);
  return {
    fundTotal: formatFen(fundTotal),
    otherTotal: formatFen(otherTotal),
    accountPay: formatFen(accountPay),
    patientPay: formatFen(patientPay),
    bankPay: formatFen(tender === 'bank-debit' ? tendered : ZERO),
    cashPay: formatFen(tender === 'bank-debit' ? ZERO : tendered),
  };
}
