/** What a quote says is what the settlement of the same facts does, under every shipped pack. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import { billFor } from '../../rules/any-bill.ts';
import { shippedPacks } from '../any-sale.ts';
import { quoteAndSettle } from '../quote-and-settle.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 5);
const named = shippedPacks.map((pack) => [pack.id, pack] as const);

const sameParts = [
  ...['policy', 'amounts', 'national', 'imbalance', 'funds', 'lines', 'warnings', 'explanation'],
] as const;

describe('a quote and the settlement after it', () => {
  test.each(named)('%s', async (_id, pack) => {
    await fc.assert(
      fc.asyncProperty(billFor(pack), async (input) => {
        const { quote, settled, store } = await quoteAndSettle(pack, input);
        expect(settled.code).toBe(quote.code);
        const quoted = JSON.parse(quote.body) as Record<string, unknown>;
        const document = JSON.parse(settled.body) as Record<string, unknown>;
        if (quote.code !== undefined) {
          const isEmpty = input.lines.every(({ amount }) => amount === 0n);
          expect(quote.code).toBe(isEmpty ? 'BILL_EMPTY' : refusalOf(pack));
          expect(document['detail']).toBe(quoted['detail']);
          expect(store.settlements.size).toBe(0);
          return;
        }
        for (const part of sameParts) expect(document[part], part).toEqual(quoted[part]);
        const [settlement] = store.settlements.values();
        if (settlement === undefined) throw new Error('settled');
        // What the flows read from the wire and the catalogue is the bill that was meant.
        const { fundTotal, otherTotal, accountPay, patientPay } = settlement.amounts;
        const meant = splitBill(pack, {
          ...settlement.input,
          ...linesOf(input.lines, settlement.input.lines),
        });
        expect([fundTotal, otherTotal, accountPay, patientPay]).toEqual([
          ...[meant.fundTotal, meant.otherTotal, meant.accountPay, meant.patientPay],
        ]);
      }),
      { numRuns },
    );
  });
});

/** Test-only packs rule nobody, and the engine has facts of nobody yet. */
function refusalOf(pack: Pack): string | undefined {
  if (pack.isTestOnly) return 'NO_POLICY_PACK';
  return pack.factsNeeded.length > 0 ? 'POLICY_FACT_MISSING' : undefined;
}

/** Under the codes that the catalogue of the test gave them. */
function linesOf<Line extends { readonly code: string | undefined }>(
  meant: readonly Line[],
  listed: readonly Line[],
): { readonly lines: readonly Line[] } {
  return { lines: meant.map((line, index) => ({ ...line, code: listed[index]?.code })) };
}
