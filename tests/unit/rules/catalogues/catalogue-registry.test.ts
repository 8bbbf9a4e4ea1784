/** The shipped extract must be able to sell a real pharmacy bill and a real outpatient bill. */
import { describe, expect, test } from 'vitest';
import { formatFen } from '../../../../engine/base/money/fen.ts';
import {
  loadCatalogues,
  selectCatalogue,
} from '../../../../rules/catalogues/catalogue-registry.ts';
import { compileCatalogue } from '../../../../rules/catalogues/compile-catalogue.ts';
import { findItem, priceLimitAt } from '../../../../rules/catalogues/find-item.ts';
import { lineAmount } from '../../../../rules/kernel/line-amount.ts';
import { formatProblem } from '../../../../rules/kernel/problem.ts';
import type { Catalogue } from '../../../../rules/model/catalogue.ts';

const TODAY = '2026-11-22';

function catalogue(region: string): Catalogue {
  const found = selectCatalogue(loadCatalogues(), { region, serviceDate: TODAY });
  if (found === undefined) throw new Error(`no catalogue for ${region}`);
  return found;
}

describe.each(['110000', '441900', '230200', '360100'])('region %s', (region) => {
  test.each([
    ['XB01ACA056A012020279489', '阿司匹林肠溶片', '01', 0, '09', '13.55'],
    ['XC08CAX066A011010100002', '硝苯地平控释片', '02', 1000, '09', '78.00'],
    ['XB05XAL211B002020400318', '氯化钠注射液', '01', 0, '09', '1.50'],
    ['XC08CAB037A001020180517', '盐酸贝尼地平片', '02', 1000, '09', '27.13'],
    ['001102000010000', '普通门诊诊查费', '01', 0, '02', '7.00'],
    ['002503100050000', '血清促黄体生成素测定', '01', 0, '04', '32.00'],
    ['002503100380000', '血清人绒毛膜促性腺激素测定', '01', 0, '04', '40.00'],
  ])('%s %s', (code, name, itemClass, selfPayE4, chargeType, price) => {
    const item = findItem(catalogue(region), code, TODAY);
    expect(item).toMatchObject({ name, itemClass, selfPayE4, chargeType });
    expect(formatFen(lineAmount(10_000n, item?.examplePriceE6 ?? 0n))).toBe(price);
  });
});

test('the item that a recorded reply answered as class A and yet all own-pay', () => {
  const item = findItem(catalogue('110000'), 'XJ01CAA040A001010102699', TODAY);
  expect(item).toMatchObject({ itemClass: '01', selfPayE4: 10_000 });
});

test('a row whose class or ratio was not in its source says so', () => {
  expect(findItem(catalogue('110000'), 'XC08CAX066A011010100002', TODAY)?.source).toContain(
    '[assumed: class, selfPayRatio]',
  );
  expect(findItem(catalogue('110000'), 'XC08CAB037A001020180517', TODAY)?.source).not.toContain(
    '[assumed',
  );
});

test('an unknown code, an unknown region and a day before the catalogue have no entry', () => {
  expect(findItem(catalogue('110000'), 'X-J01CA-A040-A006', TODAY)).toBeUndefined();
  const catalogues = loadCatalogues();
  expect(selectCatalogue(catalogues, { region: '540100', serviceDate: TODAY })).toBeUndefined();
  expect(
    selectCatalogue(catalogues, { region: '110000', serviceDate: '2022-12-31' }),
  ).toBeUndefined();
});

const row = {
  code: 'XC08CAX066A011010100002',
  name: '硝苯地平控释片',
  itemClass: '02',
  chargeType: '09',
  selfPayRatio: '0.10',
  source: 'test',
};
const document = (...items: readonly object[]) => ({
  about: ['test'],
  id: 'test',
  regions: ['110000'],
  effectiveFrom: '2026-01-01',
  items,
});

describe('compileCatalogue', () => {
  test('price limits belong to a level; 999999 means none', () => {
    const priceLimits = { '1': '60.00', '3': '78.123456', pharmacy: '999999' };
    const result = compileCatalogue(document({ ...row, priceLimits }));
    const item = result.ok ? findItem(result.value, row.code, TODAY) : undefined;
    if (item === undefined) throw new Error('the catalogue must compile');
    const hospital = (level: 1 | 2 | 3) =>
      ({ kind: 'hospital', level, isCommunity: false }) as const;
    expect([1, 2, 3].map((level) => priceLimitAt(item, hospital(level as 1 | 2 | 3)))).toEqual([
      60_000_000n,
      undefined,
      78_123_456n,
    ]);
    expect(
      priceLimitAt(item, { kind: 'pharmacy', level: undefined, isCommunity: false }),
    ).toBeUndefined();
  });

  test.each([
    ['level by level: without a level is level 1', { '1': '10', '3': '30' }, [10, 10, 10, null]],
    ['for all', { all: '25' }, [25, 25, 25, 25]],
    ['for all, more for level 1', { all: '25', '1': '20' }, [20, 20, 20, 25]],
    ['unrated and community named', { '1': '9', unrated: '8', community: '7' }, [9, 8, 7, null]],
    ['pharmacies alone', { pharmacy: '12' }, [null, null, null, 12]],
    ['one kind has none', { all: '25', community: '999999' }, [25, 25, null, 25]],
  ])('a limit %s', (_name, priceLimits, expected) => {
    const result = compileCatalogue(document({ ...row, priceLimits }));
    const item = result.ok ? findItem(result.value, row.code, TODAY) : undefined;
    if (item === undefined) throw new Error('the catalogue must compile');
    const hospital = { kind: 'hospital', level: undefined, isCommunity: false } as const;
    const places = [
      { ...hospital, level: 1 },
      hospital,
      { ...hospital, isCommunity: true },
      { ...hospital, kind: 'pharmacy' },
    ] as const;
    const yuan = (limit: bigint | undefined) => (limit === undefined ? null : Number(limit) / 1e6);
    expect(places.map((place) => yuan(priceLimitAt(item, place)))).toEqual(expected);
  });

  test.each([
    [
      'a code of another shape',
      { code: 'XJ01CAA04501010113' },
      'items[0].code: "XJ01CAA04501010113"',
    ],
    ['a share finer than the field', { selfPayRatio: '0.12345' }, 'at most four decimals'],
    ['a share above one', { selfPayRatio: '1.5' }, 'items[0].selfPayRatio'],
    ['class D', { itemClass: '04' }, 'must be one of 01, 02, 03'],
    ['a price as a number', { price: 78 }, 'items[0].price: 78'],
    [
      'a limit for level 4',
      { priceLimits: { '4': '1.00' } },
      'priceLimits[4]: "1.00" – unknown key',
    ],
    ['no source anywhere', { source: undefined }, 'items[0].source: nothing'],
    ['days that run backwards', { validFrom: '2026-02-01', validTo: '2026-01-31' }, 'not before'],
    ['a variant for nobody known', { selfPayFor: [{ scheme: '310', ratio: '0' }] }, 'unknown key'],
  ])('%s is refused', (_case, change, message) => {
    const result = compileCatalogue(document(JSON.parse(JSON.stringify({ ...row, ...change }))));
    expect(result.ok ? '' : result.error.map(formatProblem).join('\n')).toContain(message);
  });

  test('a code twice for the same day is refused; one after the other is an older row', () => {
    const result = compileCatalogue(document(row, row));
    expect(result.ok ? '' : result.error.map(formatProblem).join('\n')).toContain('stands twice');
    const later = { ...row, validFrom: '2026-07-01', selfPayRatio: '0' };
    const both = compileCatalogue(document(later, { ...row, validTo: '2026-06-30' }));
    const share = (day: string) =>
      both.ok ? findItem(both.value, row.code, day)?.selfPayE4 : undefined;
    expect(['2026-06-30', '2026-07-01'].map(share)).toEqual([1000, 0]);
  });
});
