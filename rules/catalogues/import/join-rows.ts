/**
 * Joins the rows of the download files for one item into rows of a catalogue. Listing (1312), price
 * limits (1318) and shares (1319) have periods of their own; a catalogue row covers days on which
 * none of them changes.
 */
import { addDays } from '../../../engine/base/time/calendar.ts';
import type { CatalogueItemFile } from '../../model/catalogue-file.ts';
import { PLACE_LEVELS } from '../../model/catalogue-file.ts';
import type {
  GatheredRows,
  ItemRow,
  LimitRow,
  ListingRow,
  Period,
  ShareRow,
} from './gathered-rows.ts';
import type { ImportSettings } from './import-settings.ts';

export type ItemToJoin = {
  readonly code: string;
  readonly item: ItemRow | undefined;
  readonly listings: readonly ListingRow[];
  readonly limits: readonly LimitRow[];
  readonly shares: readonly ShareRow[];
};

/** Every code of any file, in the order of codes, with its rows. */
export function* itemsToJoin(rows: GatheredRows): Generator<ItemToJoin> {
  const mappingsOf = new Map<string, (Period & { readonly listedCode: string })[]>();
  for (const [listedCode, mappings] of rows.mappings) {
    for (const { code, from, to } of mappings)
      mappingsOf.set(code, [...(mappingsOf.get(code) ?? []), { listedCode, from, to }]);
  }
  const unmapped = [...rows.listings.keys()].filter((code) => !rows.mappings.has(code));
  const codes = new Set([...rows.items.keys(), ...mappingsOf.keys(), ...unmapped]);
  for (const code of [...codes].sort()) {
    if (rows.withdrawn.has(code)) continue;
    const mappings = mappingsOf.get(code) ?? [];
    const all = <T extends Period>(of: ReadonlyMap<string, readonly T[]>) => [
      ...(of.get(code) ?? []),
      ...mappings.flatMap((days) => duringDays(of.get(days.listedCode) ?? [], days)),
    ];
    yield {
      code,
      item: rows.items.get(code),
      listings: all(rows.listings),
      limits: all(rows.limits),
      shares: all(rows.shares),
    };
  }
}

/** The rows while the item is listed under their code, as 1316 says. */
function duringDays<T extends Period>(rows: readonly T[], days: Period): readonly T[] {
  return rows.flatMap((row) => {
    const from = row.from > days.from ? row.from : days.from;
    const to = row.to < days.to ? row.to : days.to;
    return from <= to ? [{ ...row, from, to }] : [];
  });
}

export type JoinTerms = {
  readonly settings: ImportSettings;
  /** Days of the catalogue; rows wholly outside them are left out. */
  readonly period: Period;
  /** No 1312 file was given: class and days are those of the item's own row. */
  readonly withoutListings: boolean;
};

/**
 * The rows of one code, oldest first; none when it is not listed and own-pay items are not kept.
 */
export function joinItem(joined: ItemToJoin, terms: JoinTerms): readonly CatalogueItemFile[] {
  const listings = terms.withoutListings ? listFromItem(joined.item) : joined.listings;
  const rows: CatalogueItemFile[] = [];
  for (const period of splitPeriod(
    [...listings, ...joined.limits, ...joined.shares],
    terms.period,
  )) {
    const listing = selectClosest(listings, period.from);
    if (listing === undefined) continue;
    const row = listedRow(joined, listing, { period, terms });
    const last = rows.at(-1);
    if (last !== undefined && isContinued(last, row))
      rows.splice(-1, 1, { ...last, ...endOfRow(row) });
    else rows.push(row);
  }
  if (rows.length > 0 || !terms.settings.keepOwnPay || joined.item === undefined) return rows;
  return [ownPayRow(joined.code, joined.item)];
}

function listFromItem(item: ItemRow | undefined): readonly ListingRow[] {
  if (item?.itemClass === undefined) return [];
  const { from, to, name, itemClass, chargeType = '14' } = item;
  return [{ from, to, record: '', closeness: 0, name, itemClass, chargeType, memo: '' }];
}

/** The catalogue's period, split wherever a row begins or ends. */
function splitPeriod(rows: readonly Period[], { from, to }: Period): readonly Period[] {
  const starts = new Set([from]);
  for (const row of rows) {
    if (row.from > from && row.from <= to) starts.add(row.from);
    if (row.to >= from && row.to < to) starts.add(addDays(row.to, 1));
  }
  const sorted = [...starts].sort();
  return sorted.map((start, index) => {
    const next = sorted[index + 1];
    return { from: start, to: next === undefined ? to : addDays(next, -1) };
  });
}

/** Of the rows in force that day, the closest to the region; of several, the latest. */
function selectClosest<T extends Period & { readonly closeness: number }>(
  rows: readonly T[],
  day: string,
): T | undefined {
  let best: T | undefined;
  for (const row of rows) {
    if (row.from > day || row.to < day) continue;
    const isCloser =
      best === undefined ||
      row.closeness > best.closeness ||
      (row.closeness === best.closeness && row.from >= best.from);
    if (isCloser) best = row;
  }
  return best;
}

function listedRow(
  { code, item, limits, shares }: ItemToJoin,
  listing: ListingRow,
  { period, terms }: { readonly period: Period; readonly terms: JoinTerms },
): CatalogueItemFile {
  const { classShares } = terms.settings;
  const { selfPayRatio, selfPayFor } = selectShares(shares, period.from);
  const priceLimits = selectLimits(limits, period.from);
  const limitText = item?.limitText || listing.memo;
  return {
    code,
    name: item?.name ?? listing.name,
    ...(item === undefined || item.nameEn === '' ? {} : { nameEn: item.nameEn }),
    itemClass: listing.itemClass,
    chargeType: listing.chargeType,
    selfPayRatio: selfPayRatio ?? classShares[listing.itemClass],
    ...(selfPayFor.length === 0 ? {} : { selfPayFor: [...selfPayFor] }),
    ...(Object.keys(priceLimits).length === 0 ? {} : { priceLimits }),
    ...(period.from === terms.period.from ? {} : { validFrom: period.from }),
    ...(period.to === terms.period.to ? {} : { validTo: period.to }),
    ...(limitText === '' ? {} : { limitText }),
    ...(selfPayRatio === undefined ? { assumed: ['selfPayRatio'] } : {}),
  };
}

/**
 * The limits of a day by kind of care place. A row for all that is closer to the region goes before one for
 * this kind of place; equally close, the narrower one decides.
 */
function selectLimits(
  limits: readonly LimitRow[],
  day: string,
): NonNullable<CatalogueItemFile['priceLimits']> {
  const closest = (level: (typeof PLACE_LEVELS)[number]) =>
    selectClosest(
      limits.filter(({ levels }) => levels.includes(level)),
      day,
    );
  const forAll = closest('all');
  const priceLimits: CatalogueItemFile['priceLimits'] = {};
  for (const level of PLACE_LEVELS) {
    const row = closest(level);
    if (row === undefined || (forAll !== undefined && forAll.closeness > row.closeness)) continue;
    priceLimits[level] = row.limit;
  }
  return priceLimits;
}

type Shares = {
  readonly selfPayRatio: string | undefined;
  readonly selfPayFor: NonNullable<CatalogueItemFile['selfPayFor']>;
};

/** The share for everybody, and the exceptions from it, the most specific first. */
function selectShares(shares: readonly ShareRow[], day: string): Shares {
  const byPersons = new Map<string, ShareRow[]>();
  for (const row of shares) {
    const key = JSON.stringify([row.persons.schemes ?? [], row.persons.personTypes ?? []]);
    byPersons.set(key, [...(byPersons.get(key) ?? []), row]);
  }
  const inForce = [...byPersons]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rows]) => selectClosest(rows, day) ?? []);
  const selfPayRatio = inForce.find(({ persons }) => countConditions(persons) === 0)?.share;
  const others = inForce.filter(({ persons }) => countConditions(persons) > 0);
  if (others.every(({ share }) => share === selfPayRatio)) return { selfPayRatio, selfPayFor: [] };
  others.sort((a, b) => countConditions(b.persons) - countConditions(a.persons));
  return {
    selfPayRatio,
    selfPayFor: others.map(({ persons, share }) => ({ ...persons, ratio: share })),
  };
}

function countConditions({ schemes, personTypes }: ShareRow['persons']): number {
  return (schemes === undefined ? 0 : 1) + (personTypes === undefined ? 0 : 1);
}

function ownPayRow(code: string, item: ItemRow): CatalogueItemFile {
  const { name, nameEn, chargeType = '14' } = item;
  const english = nameEn === '' ? {} : { nameEn };
  return { code, name, ...english, itemClass: '03', chargeType, selfPayRatio: '1' };
}

/** Whether a row follows the last one without a gap and differs in its days only. */
function isContinued(last: CatalogueItemFile, row: CatalogueItemFile): boolean {
  if (last.validTo === undefined || addDays(last.validTo, 1) !== (row.validFrom ?? ''))
    return false;
  const content = ({ validFrom: _from, validTo: _to, ...rest }: CatalogueItemFile) =>
    JSON.stringify(rest);
  return content(last) === content(row);
}

/** The last day of a row; absent when the row lasts until the catalogue ends. */
function endOfRow(row: CatalogueItemFile): { validTo?: string } {
  return row.validTo === undefined ? {} : { validTo: row.validTo };
}
