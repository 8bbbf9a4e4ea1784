import type { RefundDocument, SettlementDocument } from '../../terminal-adapter/client/wire.ts';
import type { CliContext } from './cli-context.ts';

type Row = readonly [zh: string, en: string, amount: string];

/** 基金支付 by the national field names; a fund that is not listed goes by its field. */
const fundNames: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  hifp_pay: ['统筹基金', 'pooled fund'],
  hifob_pay: ['大额互助资金', 'large-amount fund'],
  hifes_pay: ['补充医疗保险', 'supplementary insurance'],
  hifmi_pay: ['大病保险', 'major-illness insurance'],
  cvlserv_pay: ['公务员或单位补助', 'civil-servant or unit supplement'],
  hifdm_pay: ['伤残人员医疗保障', 'fund for the disabled'],
  maf_pay: ['医疗救助', 'medical assistance'],
  oth_pay: ['其他基金', 'other funds'],
};

/**
 * Prints who paid what, for the cashier: Chinese and English beside each other, amounts in yuan.
 */
export function printSettlement(context: CliContext, document: SettlementDocument): void {
  const { amounts, settlementId, state, businessDate, explanation } = document;
  context.print(`结算单号 / settlement: ${settlementId}  ${businessDate}  ${state}`);
  for (const { lineNo, name, amount } of document.lines)
    context.print(`  ${lineNo}. ${name}  ${amount}`);
  printRows(context, [
    ['费用总额', 'total', amounts.total],
    ['全自费', 'full own-pay', amounts.fullOwnPay],
    ['超限价', 'over limit', amounts.overLimit],
    ['先行自付', 'prior self-pay', amounts.priorSelfPay],
    ['符合范围', 'in scope', amounts.inScope],
    ['起付线', 'deductible', amounts.deductible],
    ...document.funds.map(
      ({ field, amount }): Row => [...(fundNames[field] ?? [field, field]), amount],
    ),
    ['个人账户', 'personal account', amounts.accountPay],
    ['银行账户', 'bank account', amounts.bankPay],
    ['现金', 'cash', amounts.cashPay],
    ['个人账户余额', 'balance of the personal account', document.accountBalance],
  ]);
  for (const { zh, en, amount } of explanation) context.print(`  · ${zh} / ${en}: ${amount}`);
}

/** Prints what went back to whom. */
export function printRefund(context: CliContext, document: RefundDocument): void {
  const { amounts } = document;
  context.print(`退费 / refund ${document.refundNo}: ${document.settlementId}  ${document.state}`);
  printRows(context, [
    ['退费总额', 'total', amounts.total],
    ['基金', 'funds', amounts.fundTotal],
    ['个人账户', 'personal account', amounts.accountPay],
    ['银行账户', 'bank account', amounts.bankPay],
    ['现金', 'cash', amounts.cashPay],
    ['个人账户余额', 'balance of the personal account', document.accountBalance],
  ]);
}

const AMOUNT_WIDTH = 12;

function printRows(context: CliContext, rows: readonly Row[]): void {
  for (const [zh, en, amount] of rows)
    context.print(`${amount.padStart(AMOUNT_WIDTH)}  ${zh} / ${en}`);
}
