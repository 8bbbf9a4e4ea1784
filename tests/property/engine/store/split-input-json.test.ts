import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fen } from '../../../../engine/domain/money/fen.ts';
import type { StoredSplitInput } from '../../../../engine/store/split-input-json.ts';
import { fromSplitInputJson, toSplitInputJson } from '../../../../engine/store/split-input-json.ts';
import type { PricedLine, SplitInput } from '../../../../rules/model/bill.ts';

const plain = { noNullPrototype: true };
const amount = fc.bigInt({ min: 0n, max: 99_999_999_999_999n }).map((value) => value as Fen);
const code = fc.option(fc.string(), { nil: undefined });
const line: fc.Arbitrary<PricedLine> = fc.record(
  {
    lineNo: fc.string(),
    code,
    name: fc.string({ unit: 'grapheme' }),
    quantityE4: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    priceE6: fc.bigInt({ min: 0n, max: 2n ** 70n }),
    amount,
    selfPayE4: fc.nat(10_000),
    priceLimitE6: fc.option(fc.bigInt({ min: 0n, max: 2n ** 70n }), { nil: undefined }),
    itemClass: fc.constantFrom('01', '02', '03'),
    chargeType: fc.string(),
  },
  plain,
);
const input: fc.Arbitrary<SplitInput> = fc.record(
  {
    careType: fc.constantFrom('11', '41'),
    serviceDate: fc.constant('2026-11-22'),
    lines: fc.array(line, { maxLength: 5 }),
    carePlace: fc.record(
      {
        kind: fc.constantFrom('hospital', 'pharmacy'),
        level: fc.constantFrom(1, 2, 3, undefined),
        isCommunity: fc.boolean(),
      },
      plain,
    ),
    insured: fc.record(
      {
        scheme: fc.string(),
        personType: fc.string(),
        ageYears: fc.nat(130),
        traits: fc.uniqueArray(fc.string()).map((traits) => new Set(traits)),
      },
      plain,
    ),
    accumulators: fc
      .uniqueArray(fc.tuple(fc.string(), amount), { selector: ([name]) => name })
      .map((entries) => new Map(entries)),
    accountAvailable: amount,
  },
  plain,
);

test('the input of a split survives being stored as JSON', () => {
  fc.assert(
    fc.property(input, (given) => {
      const text = JSON.stringify(toSplitInputJson(given));
      const stored: StoredSplitInput = JSON.parse(text);
      expect(fromSplitInputJson(stored)).toStrictEqual(given);
    }),
  );
});
