import type { Bilingual } from '../contract/values.ts';
import type { LaterEffect, RefundedAnswer } from '../domain/request/answer.ts';
import { refundDocument } from './settlement-json.ts';

/** The answer to a refund: its document, and what it means for later bills of the year, if there are any. */
export function refundAnswerDocument({ settlement, refund, later }: RefundedAnswer): object {
  const document = refundDocument(settlement, refund, 'approved');
  return later.length === 0
    ? document
    : { ...document, laterBills: later.map(laterDocument), notice: noticeOf(later) };
}

function laterDocument({ settlementId, businessDate, effect }: LaterEffect): object {
  return { settlementId, businessDate, effect };
}

function noticeOf({ length }: readonly LaterEffect[]): Bilingual {
  return {
    zh: `之后有 ${length} 笔结算是在所退费用的年度累计上计算的，仍然有效；所退的起付线和限额由以后的结算补足`,
    en:
      `${length} later ${length === 1 ? 'settlement was' : 'settlements were'} split on top of what ` +
      "went back, and stand as they are; the next bills make up the year's deductible and caps",
  };
}
