import { expect, test } from 'vitest';
import { compareCatalogues } from '../../../../rules/catalogues/compare-catalogues.ts';
import type { Catalogue, CatalogueItem } from '../../../../rules/model/catalogue.ts';

const base: CatalogueItem = {
  code: 'A',
  name: 'one',
  nameEn: undefined,
  itemClass: '02',
  chargeType: '09',
  selfPayE4: 1000,
  selfPayFor: undefined,
  priceLimitE6: new Map([['all', 5_000_000n]]),
  validFrom: undefined,
  validTo: undefined,
  limitText: undefined,
  examplePriceE6: undefined,
  source: 'test',
};
const item = (change: Partial<CatalogueItem> = {}): CatalogueItem => ({ ...base, ...change });
const catalogue = (codes: Readonly<Record<string, readonly CatalogueItem[]>>): Catalogue => ({
  id: 'test',
  regions: ['441900'],
  effectiveFrom: '2026-01-01',
  effectiveTo: undefined,
  items: new Map(Object.entries(codes)),
});
const none = { added: 0, gone: 0, itemClass: 0, ownPayShare: 0, priceLimit: 0 };

test.each([
  ['nothing, but a name', [item({ name: 'other' })], {}],
  ['the class', [item({ itemClass: '03' })], { itemClass: 1 }],
  ['the share', [item({ selfPayE4: 2000 })], { ownPayShare: 1 }],
  ['the limit', [item({ priceLimitE6: new Map() })], { priceLimit: 1 }],
  [
    'the limit, from a later day on',
    [item({ validFrom: '2026-07-01', priceLimitE6: new Map() }), item({ validTo: '2026-06-30' })],
    { priceLimit: 1 },
  ],
])('a code that changes %s', (_name, rows, change) => {
  const compared = compareCatalogues(catalogue({ A: [item()] }), catalogue({ A: rows }));
  expect(compared).toEqual({ ...none, ...change });
});

test('days between two rows are no days of either: where they close, what holds has changed', () => {
  const [first, second] = [item({ validTo: '2026-06-30' }), item({ validFrom: '2026-08-01' })];
  const change = { ...none, itemClass: 1, ownPayShare: 1, priceLimit: 1 };
  const withGap = catalogue({ A: [second, first] });
  expect(compareCatalogues(withGap, catalogue({ A: [item()] }))).toEqual(change);
  const next = item({ validFrom: '2026-07-01' });
  expect(compareCatalogues(catalogue({ A: [item()] }), catalogue({ A: [next, first] }))).toEqual(
    none,
  );
  const [longer, other] = [
    item({ validTo: '2026-07-31' }),
    { ...second, itemClass: '03' } as const,
  ];
  const [before, after] = [catalogue({ A: [other, first] }), catalogue({ A: [other, longer] })];
  expect(compareCatalogues(before, after)).toEqual(change);
});

test('codes that are added and gone', () => {
  const [before, after] = [
    catalogue({ A: [item()], B: [item()] }),
    catalogue({ A: [item()], C: [item()] }),
  ];
  expect(compareCatalogues(before, after)).toEqual({ ...none, added: 1, gone: 1 });
});
