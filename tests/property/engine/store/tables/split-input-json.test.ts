import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import type { StoredSplitInput } from '../../../../../engine/store/tables/split-input-json.ts';
import {
  fromSplitInputJson,
  toSplitInputJson,
} from '../../../../../engine/store/tables/split-input-json.ts';
import type { PricedLine, SplitInput, Visit } from '../../../../../rules/model/bill.ts';
import { BIRTHS, DISTANCES, TRAVELS } from '../../../../../rules/model/pack-file-condition.ts';

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
const named = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> =>
  fc
    .uniqueArray(fc.tuple(fc.string(), value), { selector: ([name]) => name })
    .map((entries) => new Map(entries));
const visit: fc.Arbitrary<Visit> = fc.record(
  {
    dischargeDate: fc.constant('2026-11-23'),
    travel: fc.constantFrom(...TRAVELS),
    distance: fc.constantFrom(...DISTANCES),
    diseases: fc.array(fc.string()),
    continues: fc.record(
      { kind: fc.constantFrom('mid', 'transfer'), deductiblePaid: amount },
      plain,
    ),
    birth: fc.constantFrom(...BIRTHS),
    dischargeCondition: fc.string(),
  },
  { ...plain, requiredKeys: [] },
);
/** All that an input always has; a row of before the others existed has just these. */
const requiredKeys = [
  ...(['careType', 'serviceDate', 'lines', 'carePlace', 'insured', 'accumulators'] as const),
  'accountAvailable',
] as const;
const input: fc.Arbitrary<SplitInput> = fc.record(
  {
    careType: fc.constantFrom('11', '41', '140104'),
    serviceDate: fc.constant('2026-11-22'),
    lines: fc.array(line, { maxLength: 5 }),
    carePlace: fc.record(
      {
        kind: fc.constantFrom('hospital', 'pharmacy'),
        level: fc.constantFrom(1, 2, 3, undefined),
        isCommunity: fc.boolean(),
        code: fc.string(),
        marks: fc.array(fc.string()),
      },
      { ...plain, requiredKeys: ['kind', 'level', 'isCommunity'] },
    ),
    insured: fc.record(
      {
        scheme: fc.string(),
        personType: fc.string(),
        ageYears: fc.nat(130),
        traits: fc.uniqueArray(fc.string()).map((traits) => new Set(traits)),
        factsE4: named(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })),
      },
      { ...plain, requiredKeys: ['scheme', 'personType', 'ageYears', 'traits'] },
    ),
    visit,
    accumulators: named(amount),
    accountAvailable: amount,
    accountCurrentYear: amount,
    familyAvailable: amount,
  },
  { ...plain, requiredKeys: [...requiredKeys] },
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

test('a row that was stored before visits, facts and marks existed is the input that it was', () => {
  const stored: StoredSplitInput = JSON.parse(`{
    "careType": "41", "serviceDate": "2025-03-01",
    "lines": [{"lineNo": "1", "code": "XB01ACA056A012020279489", "name": "阿司匹林肠溶片",
      "quantityE4": "10000", "priceE6": "13550000", "amount": "1355", "selfPayE4": 0,
      "priceLimitE6": null, "itemClass": "01", "chargeType": "09"}],
    "carePlace": {"kind": "pharmacy", "level": null, "isCommunity": false},
    "insured": {"scheme": "310", "personType": "1101", "ageYears": 39, "traits": ["main-point"]},
    "accumulators": [["in-scope", "250000"]], "accountAvailable": "50000"
  }`);
  const read = fromSplitInputJson(stored);
  expect(read).toMatchObject({
    carePlace: { kind: 'pharmacy', level: undefined },
    insured: { traits: new Set(['main-point']) },
    accumulators: new Map([['in-scope', 250_000n]]),
    accountAvailable: 50_000n,
  });
  expect(Object.keys(read).sort()).toEqual([...requiredKeys].sort());
  expect(JSON.parse(JSON.stringify(toSplitInputJson(read)))).toEqual(stored);
});
