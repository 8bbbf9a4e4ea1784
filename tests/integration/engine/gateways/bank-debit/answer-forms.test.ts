/** Acquirers whose answers are not in the standard form: believed by setting, else unknown and reversed. */
import { afterEach, expect, test, vi } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { AnswerForm } from '../../../../../engine/gateways/bank-debit/matching.ts';
import {
  netEffect,
  openBench,
  reversalOf,
  reverseToEnd,
} from '../../sandbox/bank-host/bank-bench.ts';

const TEN_YUAN = fen(1_000n);
const standard: AnswerForm = { merchant: 'same', amount: 'same' };
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function bench(answerForm: AnswerForm, timeoutMs = 5_000) {
  const opened = await openBench({ timeoutMs, answerForm });
  ended.push(opened.close);
  return opened;
}

const cases = [
  ['other-merchant', { ...standard, merchant: 'any' }],
  ['no-amount', { ...standard, amount: 'masked' }],
] as const;

test.each(cases)('%s: approved, and reversible, where the setting says so', async (kind, form) => {
  const { host, bank, nextSale } = await bench(form);
  host.injectFault({ on: 'any', kind, times: 2 });
  const sale = nextSale(TEN_YUAN);
  expect((await bank.sale(sale)).kind).toBe('approved');
  expect(await reverseToEnd(bank, reversalOf(bank, sale))).toBe('00');
  expect(netEffect(host, sale)).toBe(0n);
});

test.each(cases)('%s: unknown by the standard setting', async (kind) => {
  const { host, bank, nextSale } = await bench(standard, 150);
  host.injectFault({ on: 'sale', kind });
  const sale = nextSale(TEN_YUAN);
  expect((await bank.sale(sale)).kind).toBe('unknown');
  expect(await reverseToEnd(bank, reversalOf(bank, sale))).toBe('00');
});

test('another amount is never believed', async () => {
  const { host, bank, nextSale } = await bench({ merchant: 'any', amount: 'masked' }, 150);
  host.injectFault({ on: 'sale', kind: 'wrong-amount' });
  expect((await bank.sale(nextSale(TEN_YUAN))).kind).toBe('unknown');
});

test('an approval that comes late under another merchant number is told by its terminal', async () => {
  const { host, bank, nextSale, late } = await bench({ ...standard, merchant: 'any' }, 60);
  host.injectFault({ on: 'sale', kind: 'late', delayMs: 150 });
  const sale = nextSale(TEN_YUAN);
  expect((await bank.sale(sale)).kind).toBe('unknown');
  await vi.waitFor(() => expect(late).toHaveLength(1));
  expect(late[0]).toMatchObject({ merchantId: undefined, stan: sale.stan, amount: TEN_YUAN });
});
