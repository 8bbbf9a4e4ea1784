import { expect, test } from 'vitest';
import type { LaterEffect, RefundedAnswer } from '../../../../engine/domain/request/answer.ts';
import { refundAnswerDocument } from '../../../../engine/render/refund-json.ts';
import { refundSettlement, yuan } from '../../../support/domain/builders.ts';
import { openYearCounter } from '../../../support/domain/year-counter.ts';

/** The answer to a refund, with these claims on two later bills. */
function answerWith(claims: readonly string[]): RefundedAnswer {
  const year = openYearCounter('reprice');
  const { answer } = year.store.run(refundSettlement(year.sell(['1800.00'])));
  if (answer.kind !== 'refunded') throw new Error('it is refunded');
  const later = claims.map((claim, i): LaterEffect => {
    const [settlementId, businessDate] = [answer.settlement.id, `2026-11-2${i}`];
    return { settlementId, businessDate, effect: 'corrected', claim: yuan(claim) };
  });
  return { ...answer, later };
}

test.each([
  [['700.00', '0.50'], '补缴 700.50 元', 'the person owes the insurer 700.50 CNY'],
  [['0.00', '0.00'], '互不补退', 'neither owes the other anything'],
])('later bills with claims of %j: %s', (claims, zh, en) => {
  expect(refundAnswerDocument(answerWith(claims))).toMatchObject({
    notice: {
      zh: expect.stringContaining(zh) as string,
      en: `2 later settlements were corrected; ${en}`,
    },
  });
});
