/**
 * What a counter prints when a bill goes back from under later ones: the refund's receipt tells of them, and a
 * corrected settlement of what became of it. The documents are the engine's own answers.
 */
import { describe, expect, test } from 'vitest';
import type { RefundDocument } from '../../../../engine/contract/refund.ts';
import type { SettlementDocument } from '../../../../engine/contract/settlement.ts';
import { displayWidth } from '../../../../terminal-adapter/receipt/columns.ts';
import { type Paper, settlementReceipt } from '../../../../terminal-adapter/receipt/receipt.ts';
import { refundReceipt } from '../../../../terminal-adapter/receipt/refund-receipt.ts';
import { yuan } from '../../../support/domain/builders.ts';
import { readSettlement } from '../../../support/domain/read-settlement.ts';
import { openYearCounter } from '../../../support/domain/year-counter.ts';

/** 1800.00 that were the deductible, and 1000.00 on top of it: then the first goes back. */
function refunded(order: 'keep' | 'reprice') {
  const year = openYearCounter(order, { accountBalance: yuan('100.00') });
  const first = year.sell(['1800.00'], { useAccount: false });
  const second = year.sell(['1000.00']);
  const back = year.refund(first) as object as RefundDocument;
  const read: SettlementDocument = JSON.parse(readSettlement(year.store, year.now(second)));
  return { back, read };
}

const stands = refunded('keep');
const corrected = refunded('reprice');

const papers: readonly Paper[] = (['zh', 'en'] as const).flatMap((language) =>
  ([32, 48] as const).map((columns) => ({
    ...{ language, columns, institutionName: '安心大药房' },
    mode: 'production' as const,
  })),
);

describe.each(papers)('$language on $columns columns', (paper) => {
  test.each([
    ['refund-later-stands', refundReceipt(stands.back, paper)],
    ['refund-later-corrected', refundReceipt(corrected.back, paper)],
    ['settlement-corrected', settlementReceipt(corrected.read, paper)],
  ])('%s', async (name, lines) => {
    const file = `./receipts/${name}-${paper.language}-${paper.columns}.txt`;
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file);
    for (const text of lines) expect(displayWidth(text)).toBeLessThanOrEqual(paper.columns);
  });
});

test('a later bill that stands prints as on its day: nothing of a correction', () => {
  const [paper] = papers as readonly [Paper];
  expect(stands.read).not.toHaveProperty('corrections');
  expect(settlementReceipt(stands.read, paper).join('\n')).not.toContain('已更正');
});
