/** The texts that the engine writes are, byte for byte, those of the plain documents, whatever was sold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import { quoteText, settlementText } from '../../../../../engine/render/settlement-json.ts';
import { explainBill } from '../../../../../rules/kernel/split-bill.ts';
import { billFor } from '../../../rules/any-bill.ts';
import { saleOf, shippedPacks } from '../../any-sale.ts';
import { plainQuote, plainSettlement } from './plain-documents.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
const sellable = shippedPacks
  .filter((pack) => !pack.isTestOnly && pack.factsNeeded.length === 0)
  .map((pack) => [pack.id, pack] as const);

/** Names as a cashier may type them: quotes, backslashes, controls, half characters, other alphabets. */
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    '"explanation":[]',
    '\\',
    '\u2028',
    '\ud800',
    '阿莫西林 “胶囊”',
    '</script>',
    "'",
  ),
);

const anyState = fc.constantFrom<Settlement['state']>(
  ...(['posted', 'reserved', 'released', 'reversing', 'refunding', 'refunded'] as const),
);
const anyTender = fc.constantFrom<Settlement['tender']>('none', 'cash', 'bank-debit');
const warning = {
  check: 'place',
  lineNos: ['1'],
  zh: '限"住院"',
  en: 'Inpatients only',
  source: '',
};

describe('a settlement and a quote', () => {
  test.each(sellable)('%s', (_id, pack) => {
    const facts = fc.record({
      input: billFor(pack),
      names: fc.array(name, { minLength: 1, maxLength: 5 }),
      state: anyState,
      tender: anyTender,
      isWarned: fc.boolean(),
      isRefunded: fc.boolean(),
      place: name,
    });
    fc.assert(
      fc.property(facts, ({ input, names, state, tender, isWarned, isRefunded, place }) => {
        const { store, command } = saleOf(pack, input);
        store.run(command);
        const [sold] = store.settlements.values();
        if (sold === undefined) throw new Error('sold');
        const lines = sold.input.lines.map((line, i) => ({
          ...line,
          name: names[i % names.length] ?? '',
        }));
        const warnings = isWarned ? [warning] : [];
        const settlement: Settlement = {
          ...sold,
          ...{ state, tender, warnings, institution: place as Settlement['institution'] },
          input: { ...sold.input, lines },
          refundedLines: isRefunded ? lines.slice(0, 1).map(({ lineNo }) => lineNo) : [],
        };
        const explained = { pack, split: explainBill(pack, settlement.input) };
        const plain = JSON.stringify(plainSettlement(settlement, explained, [], []));
        expect(settlementText(settlement, explained, [], [])).toBe(plain);
        const quote = JSON.stringify(plainQuote(explained, lines, warnings));
        expect(quoteText(explained, lines, warnings)).toBe(quote);
      }),
      { numRuns },
    );
  });
});
