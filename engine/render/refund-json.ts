import { nationalFields } from '../../rules/explain/national-fields.ts';
import type { Fen } from '../base/money/fen.ts';
import { addFen, formatFen, negateFen } from '../base/money/fen.ts';
import type { Bilingual } from '../contract/values.ts';
import { negated } from '../domain/refund/split-sums.ts';
import type { LaterEffect, RefundedAnswer } from '../domain/request/answer.ts';
import { refundDocument } from './settlement-json.ts';

/** The answer to a refund: its document, and what it means for later bills of the year, if there are any. */
export function refundAnswerDocument(answer: RefundedAnswer): object {
  const { settlement, refund, back, later } = answer;
  const national = nationalFields(negated(back));
  const document = { ...refundDocument(settlement, refund, 'approved'), national };
  return later.length === 0
    ? document
    : { ...document, laterBills: later.map(laterDocument), notice: noticeOf(later) };
}

function laterDocument(later: LaterEffect): object {
  const { settlementId, businessDate, effect } = later;
  const claim = later.effect === 'corrected' ? { claim: formatFen(later.claim) } : {};
  return { settlementId, businessDate, effect, ...claim };
}

function noticeOf(later: readonly LaterEffect[]): Bilingual {
  const corrected = later.flatMap((one) => (one.effect === 'corrected' ? [one.claim] : []));
  const standing = later.length - corrected.length;
  const texts = [
    ...(standing === 0 ? [] : [standingNotice(standing)]),
    ...(corrected.length === 0 ? [] : [correctedNotice(corrected)]),
  ];
  return {
    zh: texts.map(({ zh }) => zh).join('；'),
    en: texts.map(({ en }) => en).join('. '),
  };
}

function standingNotice(count: number): Bilingual {
  return {
    zh: `之后有 ${count} 笔结算是在所退费用的年度累计上计算的，仍然有效；所退的起付线和限额由以后的结算补足`,
    en:
      `${count} later ${count === 1 ? 'settlement was' : 'settlements were'} split on top of what ` +
      `went back, and ${count === 1 ? 'stands as it is' : 'stand as they are'}; ` +
      "the next bills make up the year's deductible and caps",
  };
}

function correctedNotice(claims: readonly Fen[]): Bilingual {
  const count = claims.length;
  const owed = owedText(addFen(...claims));
  return {
    zh: `之后有 ${count} 笔结算已按退费后的年度累计更正，${owed.zh}`,
    en: `${count} later ${count === 1 ? 'settlement was' : 'settlements were'} corrected; ${owed.en}`,
  };
}

function owedText(sum: Fen): Bilingual {
  if (sum === 0n) return { zh: '参保人与经办机构互不补退', en: 'neither owes the other anything' };
  const amount = formatFen(sum < 0n ? negateFen(sum) : sum);
  return sum < 0n
    ? { zh: `经办机构应付参保人 ${amount} 元`, en: `the insurer owes the person ${amount} CNY` }
    : {
        zh: `参保人应向经办机构补缴 ${amount} 元`,
        en: `the person owes the insurer ${amount} CNY`,
      };
}
