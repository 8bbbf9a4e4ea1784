/**
 * An own-pay share may depend on the scheme, the kind of person and the care place. The catalogue is
 * asked before the person is known, so the rest is decided when the bill is split.
 */
import { describe, expect, test } from 'vitest';
import { fen } from '../../../../engine/base/money/fen.ts';
import { compileCatalogue } from '../../../../rules/catalogues/compile-catalogue.ts';
import { findItem, listedFields, selfPayAt } from '../../../../rules/catalogues/find-item.ts';
import { linesFor } from '../../../../rules/catalogues/lines-for.ts';
import type { CarePlace } from '../../../../rules/model/bill.ts';
import type { CatalogueItem, ListedLine, PlaceLevel } from '../../../../rules/model/catalogue.ts';
import type { CatalogueItemFile } from '../../../../rules/model/catalogue-file.ts';

const pharmacy: CarePlace = { kind: 'pharmacy', level: undefined, isCommunity: false };
const hospital = (level: 1 | 2 | 3): CarePlace => ({ kind: 'hospital', level, isCommunity: false });
const employee = { scheme: '310', personType: '1101' };
const retired = { scheme: '310', personType: '1201' };
const resident = { scheme: '390', personType: '1501' };

function item(selfPayFor: NonNullable<CatalogueItemFile['selfPayFor']>): CatalogueItem {
  const row = {
    ...{ code: 'XC08CAB037A001020180517', name: '盐酸贝尼地平片', itemClass: '02' },
    ...{ chargeType: '09', selfPayRatio: '0.10', selfPayFor },
  };
  const head = { about: ['test'], id: 'test', regions: ['230200'], effectiveFrom: '2026-01-01' };
  const compiled = compileCatalogue({ ...head, source: 'test', items: [row] });
  const found = compiled.ok ? findItem(compiled.value, row.code, '2026-11-22') : undefined;
  if (found === undefined) throw new Error('the catalogue must compile');
  return found;
}

function line(listed: CatalogueItem, place: CarePlace): ListedLine {
  const priced = { quantityE4: 10_000n, priceE6: 27_130_000n, amount: fen(2713n) };
  return { lineNo: '1', code: listed.code, ...priced, ...listedFields(listed, place) };
}

describe('an item whose share differs by person and place', () => {
  const listed = item([
    { schemes: ['310'], personTypes: ['12'], ratio: '0.05' },
    { schemes: ['390'], levels: ['3'], ratio: '0.20' },
  ]);

  test.each([
    ['a retired employee', retired, pharmacy, 500],
    ['an employee in service', employee, pharmacy, 1000],
    ['a resident in a hospital of level 3', resident, hospital(3), 2000],
    ['a resident in a hospital of level 2', resident, hospital(2), 1000],
  ])('%s', (_who, insured, place, selfPayE4) => {
    expect(selfPayAt(listed, insured, place)).toBe(selfPayE4);
    const [decided] = linesFor(insured, place, [line(listed, place)]);
    expect(decided).toMatchObject({ name: '盐酸贝尼地平片', selfPayE4 });
    expect(decided).not.toHaveProperty('selfPayFor');
  });
});

test('a share that the place alone decides leaves nothing open', () => {
  const listed = item([{ levels: ['pharmacy'], ratio: '0' }]);
  expect(line(listed, pharmacy)).toMatchObject({ selfPayE4: 0 });
  expect(line(listed, pharmacy)).not.toHaveProperty('selfPayFor');
  expect(line(listed, hospital(1))).toMatchObject({ selfPayE4: 1000 });
});

test('a share of level 1 or of all reaches hospitals without a level', () => {
  const unrated: CarePlace = { kind: 'hospital', level: undefined, isCommunity: false };
  const community = { ...unrated, isCommunity: true };
  const shareAt = (levels: readonly PlaceLevel[], place: CarePlace) =>
    selfPayAt(item([{ levels: [...levels], ratio: '0' }]), employee, place);
  expect(shareAt(['1'], unrated)).toBe(0);
  expect(shareAt(['1'], community)).toBe(0);
  expect(shareAt(['community'], unrated)).toBe(1000);
  expect(shareAt(['unrated'], hospital(1))).toBe(1000);
  expect(shareAt(['all'], pharmacy)).toBe(0);
});

test('lines with one share for all are handed on untouched', () => {
  const { selfPayFor: _none, ...plain } = line(item([{ levels: ['1'], ratio: '0' }]), pharmacy);
  const lines = [plain];
  expect(linesFor(employee, pharmacy, lines)).toBe(lines);
});
