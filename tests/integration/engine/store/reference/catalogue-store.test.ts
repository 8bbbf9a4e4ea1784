/** Catalogues in the database: nobody sees one before it is whole, and the switch is one stroke. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCatalogueSource } from '../../../../../engine/flows/policy/catalogue-source.ts';
import { storeCatalogue } from '../../../../../engine/flows/policy/store-catalogue.ts';
import type { ReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import { openReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import { findItem } from '../../../../../rules/catalogues/find-item.ts';
import type { Catalogue, CatalogueItem } from '../../../../../rules/model/catalogue.ts';
import { catalogues as shipped } from '../../../../support/domain/builders.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

let database: TestDatabase;
let data: ReferenceData;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await query(database.url, 'truncate active_catalogue, catalogue_item, catalogue');
  data = openReferenceData(database.url);
});
afterEach(() => data.close());

const ASPIRIN = 'XB01ACA056A012020279489';

function item(code: string, change: Partial<CatalogueItem> = {}): CatalogueItem {
  return {
    code,
    name: '阿司匹林肠溶片',
    nameEn: undefined,
    itemClass: '01',
    chargeType: '09',
    selfPayE4: 0,
    selfPayFor: undefined,
    priceLimitE6: new Map(),
    validFrom: undefined,
    validTo: undefined,
    limitText: undefined,
    examplePriceE6: undefined,
    source: 'test',
    ...change,
  };
}

function catalogueOf(items: readonly CatalogueItem[], effectiveFrom = '2026-01-01'): Catalogue {
  return {
    id: `441900/${effectiveFrom}`,
    regions: ['441900'],
    effectiveFrom,
    effectiveTo: undefined,
    items: new Map(items.map((one) => [one.code, [one]])),
  };
}

/** Some thousand services, and one drug by which a catalogue is known. */
function large(selfPayE4: number): Catalogue {
  const services = Array.from({ length: 3_500 }, (_, index) =>
    item(`00${String(index).padStart(13, '0')}`, { name: '检查' }),
  );
  return catalogueOf([...services, item(ASPIRIN, { selfPayE4 })]);
}

const orderOf = (catalogue: Catalogue) => ({
  region: '441900',
  catalogue,
  digest: 'd',
  onProgress: () => undefined,
});
const store = (catalogue: Catalogue) =>
  storeCatalogue(orderOf(catalogue), { store: data.catalogues, now: () => 1 });
const sourceOf = (shippedOnes: readonly Catalogue[] = []) =>
  createCatalogueSource({
    shipped: shippedOnes,
    store: data.catalogues,
    log: { info: () => undefined, warn: () => undefined },
  });
const aspirinIn = ([catalogue]: readonly Catalogue[]) =>
  catalogue && findItem(catalogue, ASPIRIN, '2026-11-22');

test('what was imported comes back equal: limits, variants, days', async () => {
  const rows = [
    item(ASPIRIN, {
      selfPayFor: [{ schemes: ['310'], personTypes: ['12'], levels: ['3'], selfPayE4: 500 }],
      priceLimitE6: new Map([['pharmacy', 13_550_000n]]),
      validFrom: '2026-06-01',
      limitText: '限二级及以上医疗机构',
    }),
    item(ASPIRIN, { validTo: '2026-05-31' }),
  ];
  const catalogue = { ...catalogueOf([]), items: new Map([[ASPIRIN, rows]]) };
  await store(catalogue);
  const source = sourceOf(shipped);
  await source.refresh();
  const [imported, ...others] = source.current();
  expect(others).toEqual(shipped);
  expect(imported?.items).toEqual(catalogue.items);
  expect(imported).toMatchObject({ regions: ['441900'], effectiveFrom: '2026-01-01' });
});

test('readers see the catalogue before until the switch, and then the new one, whole', async () => {
  await store(large(0));
  const source = sourceOf();
  await source.refresh();
  const seen: unknown[] = [];
  const look = async () => {
    await source.refresh();
    seen.push([aspirinIn(source.current())?.selfPayE4, source.current()[0]?.items.size]);
  };
  const watched = {
    ...data.catalogues,
    activate: async (version: bigint, at: number) => {
      await look();
      await data.catalogues.activate(version, at);
    },
  };
  await storeCatalogue(orderOf(large(1_000)), { store: watched, now: () => 2 });
  await look();
  expect(seen).toEqual([
    [0, 3_501],
    [1_000, 3_501],
  ]);
});

test('an import that is broken off changes nothing, and the next one clears it away', async () => {
  await store(large(0));
  const failing = {
    ...data.catalogues,
    activate: () => Promise.reject(new Error('the power went')),
  };
  const order = orderOf(large(1_000));
  await expect(storeCatalogue(order, { store: failing, now: () => 2 })).rejects.toThrow('power');
  const source = sourceOf();
  await source.refresh();
  expect(aspirinIn(source.current())?.selfPayE4).toBe(0);
  await store(large(2_000));
  await source.refresh();
  expect(aspirinIn(source.current())?.selfPayE4).toBe(2_000);
  const versions = await query(database.url, 'select version from catalogue');
  // The one before stays for readers in the midst of it; the broken-off one is gone.
  expect(versions).toHaveLength(2);
});

test('a version with fewer items than it should have is not switched on', async () => {
  const before = await data.readRevisions();
  const { items: _, ...header } = large(0);
  const version = await data.catalogues.beginImport({
    region: '441900',
    header,
    items: 2,
    digest: 'd',
    importedAt: 1,
  });
  await data.catalogues.addItems(version, [[item(ASPIRIN)]]);
  await expect(data.catalogues.activate(version, 1)).rejects.toThrow('1 of 2');
  expect(await data.catalogues.listActive()).toEqual([]);
  expect(await data.readRevisions()).toEqual(before);
});

test('of two imports of one region side by side, the one that began first is not switched on', async () => {
  const { items, ...header } = large(1_000);
  const about = { region: '441900', header, items: items.size, digest: 'd', importedAt: 1 };
  const first = await data.catalogues.beginImport(about);
  await data.catalogues.addItems(first, [...items.values()]);
  // The second stands still just before it clears away what the first has written.
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('begin; lock table catalogue_item in share mode');
  const second = data.catalogues.beginImport(about);
  try {
    await waitsForLock('delete from "catalogue_item"%');
    await expect(data.catalogues.activate(first, 1)).rejects.toThrow('another import');
  } finally {
    await blocker.end();
  }
  await data.catalogues.addItems(await second, [...items.values()]);
  await data.catalogues.activate(await second, 2);
  const source = sourceOf();
  expect(await source.refresh()).toBe(true);
  expect(source.current()[0]?.items.size).toBe(items.size);
});

/** Until a statement like this stands in front of a lock. */
async function waitsForLock(statement: string): Promise<void> {
  await expect
    .poll(
      () =>
        query(
          database.url,
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '${statement}'`,
        ),
      { timeout: 10_000 },
    )
    .toHaveLength(1);
}

test('a catalogue from a later day stands beside the one before', async () => {
  await store(catalogueOf([item(ASPIRIN)], '2026-01-01'));
  await store(catalogueOf([item(ASPIRIN, { selfPayE4: 500 })], '2027-01-01'));
  const source = sourceOf();
  await source.refresh();
  expect(source.current().map(({ effectiveFrom }) => effectiveFrom)).toEqual([
    '2026-01-01',
    '2027-01-01',
  ]);
});

test('a version that goes while it is read is no catalogue: the next look finds the new one', async () => {
  await store(large(0));
  const source = createCatalogueSource({
    shipped: [],
    store: {
      ...data.catalogues,
      readItems: async (version, after, limit) => {
        const page = await data.catalogues.readItems(version, after, limit);
        await query(database.url, 'truncate active_catalogue, catalogue_item, catalogue');
        return page;
      },
    },
    log: { info: () => undefined, warn: () => undefined },
  });
  expect(await source.refresh()).toBe(false);
  expect(source.current()).toEqual([]);
});
