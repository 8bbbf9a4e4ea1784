import { settlementReceipt } from '../../terminal-adapter/receipt/receipt.ts';
import type { RefundDocument } from '../contract/refund.ts';
import type { SettlementDocument } from '../contract/settlement.ts';
import { sandboxInstitutions } from '../sandbox/seed/sandbox-institutions.ts';
import type { CliContext } from './cli-context.ts';

type Row = readonly [zh: string, en: string, amount: string];

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

/** Prints the amounts of a refund. */
export function printRefund(context: CliContext, document: RefundDocument): void {
  const { amounts } = document;
  context.print(`退费 / refund ${document.refundNo}: ${document.settlementId}  ${document.state}`);
  printRows(context, [
    ['退费总额', 'total', amounts.total],
    ['基金', 'funds', amounts.fundTotal],
    ['基金外其他支付', 'other payers', amounts.otherTotal],
    ['个人账户', 'personal account', amounts.accountPay],
    ['银行账户', 'bank account', amounts.bankPay],
    ['现金', 'cash', amounts.cashPay],
    ['个人账户余额', 'balance of the personal account', document.accountBalance],
  ]);
  if (document.notice === undefined) return;
  context.print(`${document.notice.zh}\n${document.notice.en}`);
  for (const { settlementId, businessDate } of document.laterBills ?? [])
    context.print(`  ${settlementId}  ${businessDate}`);
}

const AMOUNT_WIDTH = 12;

function printRows(context: CliContext, rows: readonly Row[]): void {
  for (const [zh, en, amount] of rows)
    context.print(`${amount.padStart(AMOUNT_WIDTH)}  ${zh} / ${en}`);
}
