import type { RefundDocument } from '../../engine/contract/refund.ts';
import { pair, wrap } from './columns.ts';
import { fundNames, labels } from './labels.ts';
import { amounts, negative, type Paper, rule, title } from './receipt.ts';

/** 退费单 of a refund: what goes back to whom, negative as in the national fields. */
export function refundReceipt(document: RefundDocument, paper: Paper): string[] {
  const word = labels[paper.language];
  const { columns } = paper;
  const lines = `${word.refundLines} ${document.lines.join(', ')}`;
  return [
    ...title(word.refundTitle, paper),
    rule(paper),
    ...pair(word.number, document.settlementId, columns),
    ...pair(word.refundNumber, String(document.refundNo), columns),
    ...wrap(lines, columns),
    rule(paper),
    ...backLines(document, paper),
    ...pair(word.balance, `${document.accountBalance}${word.unit}`, columns),
    ...(document.notice === undefined
      ? []
      : [rule(paper), ...wrap(document.notice[paper.language], columns)]),
  ];
}

/** The hospital's parts are in no fund's total. */
const hospitalFields = new Set(['hosp_part_amt', 'ownpay_hosp_part']);

/** An answer of an earlier version has no national fields: then only the sums are printed. */
function backLines({ amounts: sums, national }: RefundDocument, paper: Paper): string[] {
  const word = labels[paper.language];
  const payers = (isHospital: boolean) =>
    Object.entries(national ?? {}).flatMap(([field, amount]) => {
      const name = fundNames[field]?.[paper.language];
      if (name === undefined || hospitalFields.has(field) !== isHospital) return [];
      return [[`  ${name}`, amount] as const];
    });
  const none = '0.00';
  return [
    ...pair(word.refundTotal, `${negative(sums.total)}${word.unit}`, paper.columns),
    ...amounts(paper, [
      [`  ${word.ownPay}`, national?.fulamt_ownpay_amt ?? none],
      [`  ${word.overLimit}`, national?.overlmt_selfpay ?? none],
      [`  ${word.priorSelfPay}`, national?.preselfpay_amt ?? none],
      [`  ${word.inScope}`, national?.inscp_scp_amt ?? none],
      [`  ${word.deductible}`, national?.act_pay_dedc ?? none],
    ]),
    ...amounts(paper, [[word.fundTotal, negative(sums.fundTotal)]], true),
    ...amounts(paper, payers(false)),
    ...amounts(paper, [[word.otherTotal, negative(sums.otherTotal)], ...payers(true)]),
    ...amounts(paper, [[word.accountPay, negative(sums.accountPay)]], true),
    ...amounts(paper, [
      [word.bankPay, negative(sums.bankPay)],
      [word.cashPay, negative(sums.cashPay)],
      [word.claimPay, negative(sums.claimPay ?? none)],
    ]),
  ];
}
