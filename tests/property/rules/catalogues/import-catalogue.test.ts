/**
 * Whatever stands among them: a good row is never rejected, and a bad one never costs a good one. A
 * catalogue file written and read again is the same catalogue.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCatalogue } from '../../../../rules/catalogues/compile-catalogue.ts';
import { catalogueText } from '../../../../rules/catalogues/import/catalogue-files.ts';
import { importCatalogue } from '../../../../rules/catalogues/import/import-catalogue.ts';
import type { CatalogueFile, CatalogueItemFile } from '../../../../rules/model/catalogue-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { listing, requestOf } from '../../../unit/rules/catalogues/import/download-files.ts';

const letters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const code = fc
  .array(fc.constantFrom(...letters), { minLength: 22, maxLength: 22 })
  .map((tail) => `X${tail.join('')}`);
const codes = (maxLength: number) => fc.uniqueArray(code, { minLength: 1, maxLength });
/** A name as a hospital may type it: no control characters, something to be seen. */
const name = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !/[\p{C}\p{Z}\uFFFD]/u.test(text) && !['null', 'NULL', '\\N'].includes(text));
/** A line of anything but the file's own separators of lines. */
const garbage = fc
  .string({ maxLength: 60, unit: 'binary' })
  .map((text) => text.replace(/[\r\n\uD800-\uDFFF]/g, '\t'));
const day = fc.constantFrom('2022-01-01', '20230101', '2024/5/6', '2021-01-01 00:00:00', '');

const good = fc.record({
  name,
  itemClass: fc.constantFrom('01', '02', '03', '甲', '乙', '1'),
  day,
});

test('every good row among any garbage is in the catalogue, and none of them is rejected', async () => {
  const bill = fc.record({
    codes: codes(12),
    rows: fc.array(good, { minLength: 12, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(bill, fc.array(garbage, { maxLength: 12 }), async (table, bad) => {
      const lines = table.codes.flatMap((it, index) => {
        const { name: text = '', itemClass = '', day: from = '' } = table.rows[index] ?? {};
        return [listing(it, text, { 4: from, 7: itemClass }), ...bad.slice(index, index + 1)];
      });
      const request = requestOf(temporaryFolder(), { '1312': lines });
      const settings = { ...request.settings, rejectedShareMax: '1' };
      const result = await importCatalogue({ ...request, settings });
      if (!result.ok) throw new Error(result.error.why);
      for (const [index, it] of table.codes.entries()) {
        const rows = result.value.catalogue.items.get(it);
        expect(rows?.[0]?.name).toBe(table.rows[index]?.name);
      }
      const rejected = new Set(result.value.report.rejects.map(({ line }) => lines[line - 1]));
      for (const line of rejected) expect(bad).toContain(line);
    }),
    { numRuns: 60 },
  );
});

const share = fc.integer({ min: 0, max: 9999 }).map((e4) => `0.${String(e4).padStart(4, '0')}`);
const price = fc
  .tuple(fc.nat(99_999), fc.nat(999_999))
  .map(([yuan, e6]) => `${yuan}.${String(e6).padStart(6, '0')}`);
const someName = fc.constantFrom('阿司匹林肠溶片', '"引号"', 'α-酮酸\\片', '第一行');
const item: fc.Arbitrary<Omit<CatalogueItemFile, 'code'>> = fc.record(
  {
    name: someName,
    itemClass: fc.constantFrom('01' as const, '02' as const, '03' as const),
    chargeType: fc.constantFrom('09', '11', '14'),
    selfPayRatio: share,
    selfPayFor: fc.constantFrom([{ schemes: ['310'], ratio: '0.05' }]),
    priceLimits: fc.record({ '1': price, pharmacy: price }, { requiredKeys: [] }),
    price,
    limitText: someName,
    note: someName,
  },
  { requiredKeys: ['name', 'itemClass', 'chargeType', 'selfPayRatio'] },
);

test('a catalogue file comes back from its text the same, however its rows were ordered', () => {
  const rows = fc.tuple(codes(8), fc.array(item, { minLength: 8, maxLength: 8 }));
  fc.assert(
    fc.property(rows, ([of, items]) => {
      const head = {
        about: ['test'],
        id: 'test',
        regions: ['230200'],
        effectiveFrom: '2023-01-01',
      };
      const made = of.flatMap((it, index) => {
        const rest = items[index];
        return rest === undefined ? [] : [{ code: it, ...rest }];
      });
      const file: CatalogueFile = { ...head, source: 'test', items: made };
      const text = [...catalogueText(file)].join('');
      const again = [...catalogueText({ ...file, items: [...made].reverse() })].join('');
      expect(again).toBe(text);
      const catalogue = compileCatalogue(file);
      expect(catalogue.ok).toBe(true);
      expect(compileCatalogue(JSON.parse(text))).toEqual(catalogue);
    }),
  );
});
