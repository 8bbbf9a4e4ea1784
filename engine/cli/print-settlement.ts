import { settlementReceipt } from '../../terminal-adapter/receipt/receipt.ts';
import { refundReceipt } from '../../terminal-adapter/receipt/refund-receipt.ts';
import type { RefundDocument } from '../contract/refund.ts';
import type { SettlementDocument } from '../contract/settlement.ts';
import { sandboxInstitutions } from '../sandbox/seed/sandbox-institutions.ts';
import type { CliContext } from './cli-context.ts';

/** Prints state and receipt of a settlement, the receipt in both languages. */
export function printSettlement(context: CliContext, document: SettlementDocument): void {
  const { settlementId, businessDate, state, institution } = document;
  context.print(`结算单号 / settlement: ${settlementId}  ${businessDate}  ${state}`);
  const known = Object.values(sandboxInstitutions).find(({ code }) => code === institution);
  const institutionName = known?.name ?? institution;
  for (const language of ['zh', 'en'] as const) {
    const paper = { columns: 48, language, institutionName, mode: 'sandbox' } as const;
    for (const line of settlementReceipt(document, paper)) context.print(line);
  }
}

/** Prints the receipt of a refund in both languages. */
export function printRefund(
  context: CliContext,
  document: RefundDocument,
  institutionName: string,
): void {
  context.print(`退费 / refund ${document.refundNo}: ${document.settlementId}  ${document.state}`);
  for (const language of ['zh', 'en'] as const) {
    const paper = { columns: 48, language, institutionName, mode: 'sandbox' } as const;
    for (const line of refundReceipt(document, paper)) context.print(line);
  }
  for (const { settlementId, businessDate } of document.laterBills ?? [])
    context.print(`  ${settlementId}  ${businessDate}`);
}
