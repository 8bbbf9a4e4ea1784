/**
 * Joins what the download files say of one thing into rows of a catalogue. Listing (1312), price
 * limits (1318) and shares (1319) each have days of their own; a row of the catalogue stands for days
 * on which all of them stay the same.
 */
import { addDays } from '../../../engine/base/time/calendar.ts';
import type { CatalogueItemFile } from '../../model/catalogue-file.ts';
import { PLACE_LEVELS } from '../../model/catalogue-file.ts';
import type {
  GatheredRows,
  LimitRow,
  ListingRow,
  Period,
  ShareRow,
  ThingRow,
} from './gathered-rows.ts';
import type { ImportSettings } from './import-settings.ts';

export type ThingToJoin = {
  readonly code: string;
  readonly thing: ThingRow | undefined;
  readonly listings: readonly ListingRow[];
  readonly limits: readonly LimitRow[];
  readonly shares: readonly ShareRow[];
};

/** Every code that any file knows, in the order of codes, with what the files say of it. */
export function* thingsToJoin(rows: GatheredRows): Generator<ThingToJoin> {
  const listedAs = new Map<string, string[]>();
  for (const [listed, codes] of rows.listedCodes) {
    for (const code of codes) listedAs.set(code, [...(listedAs.get(code) ?? []), listed]);
  }
  const unmapped = [...rows.listings.keys()].filter((code) => !rows.listedCodes.has(code));
  const codes = new Set([...rows.things.keys(), ...listedAs.keys(), ...unmapped]);
  for (const code of [...codes].sort()) {
    const sought = [code, ...(listedAs.get(code) ?? [])];
    const all = <T>(of: ReadonlyMap<string, readonly T[]>) =>
      sought.flatMap((it) => of.get(it) ?? []);
    yield {
      code,
      thing: rows.things.get(code),
      listings: all(rows.listings),
      limits: all(rows.limits),
      shares: all(rows.shares),
    };
  }
}

export type JoinTerms = {
  readonly settings: ImportSettings;
  /** Days of the catalogue; rows wholly outside them are left out. */
  readonly period: Period;
  /** No 1312 file was given: class and days are those of the thing itself. */
  readonly withoutListings: boolean;
};

/** The rows of one code, oldest first; none when no listing names it and own-pay is not kept. */
export function joinThing(joined: ThingToJoin, terms: JoinTerms): readonly CatalogueItemFile[] {
  const listings = terms.withoutListings ? listingOf(joined.thing) : joined.listings;
  const rows: CatalogueItemFile[] = [];
  for (const period of stretches([...listings, ...joined.limits, ...joined.shares], terms.period)) {
    const listing = closest(listings, period.from);
    if (listing === undefined) continue;
    const row = listedRow(joined, listing, { period, terms });
    const last = rows.at(-1);
    if (last !== undefined && continues(last, row)) rows.splice(-1, 1, { ...last, ...ending(row) });
    else rows.push(row);
  }
  if (rows.length > 0 || !terms.settings.keepOwnPay || joined.thing === undefined) return rows;
  return [ownPayRow(joined.code, joined.thing)];
}

function listingOf(thing: ThingRow | undefined): readonly ListingRow[] {
  if (thing?.itemClass === undefined) return [];
  const { from, to, name, itemClass, chargeType = '14' } = thing;
  return [{ from, to, closeness: 0, name, itemClass, chargeType, memo: '' }];
}

/** The days of the catalogue, cut wherever a row begins or ends. */
function stretches(rows: readonly Period[], { from, to }: Period): readonly Period[] {
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

/** Of the rows in force that day the one that is closest to the region, the latest of these. */
function closest<T extends Period & { readonly closeness: number }>(
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
  { code, thing, limits, shares }: ThingToJoin,
  listing: ListingRow,
  { period, terms }: { readonly period: Period; readonly terms: JoinTerms },
): CatalogueItemFile {
  const { classShares } = terms.settings;
  const { selfPayRatio, selfPayFor } = sharesOn(shares, period.from);
  const priceLimits: CatalogueItemFile['priceLimits'] = {};
  for (const level of PLACE_LEVELS) {
    const limit = closest(
      limits.filter((it) => it.levels.includes(level)),
      period.from,
    );
    if (limit !== undefined) priceLimits[level] = limit.limit;
  }
  const limitText = thing?.limitText || listing.memo;
  return {
    code,
    name: thing?.name ?? listing.name,
    ...(thing === undefined || thing.nameEn === '' ? {} : { nameEn: thing.nameEn }),
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

type Shares = {
  readonly selfPayRatio: string | undefined;
  readonly selfPayFor: NonNullable<CatalogueItemFile['selfPayFor']>;
};

/** The share for everybody, and those that differ from it, the most particular first. */
function sharesOn(shares: readonly ShareRow[], day: string): Shares {
  const byPersons = new Map<string, ShareRow[]>();
  for (const row of shares) {
    const key = JSON.stringify([row.persons.schemes ?? [], row.persons.personTypes ?? []]);
    byPersons.set(key, [...(byPersons.get(key) ?? []), row]);
  }
  const inForce = [...byPersons]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rows]) => closest(rows, day) ?? []);
  const selfPayRatio = inForce.find(({ persons }) => conditions(persons) === 0)?.share;
  const others = inForce.filter(({ persons }) => conditions(persons) > 0);
  if (others.every(({ share }) => share === selfPayRatio)) return { selfPayRatio, selfPayFor: [] };
  others.sort((a, b) => conditions(b.persons) - conditions(a.persons));
  return {
    selfPayRatio,
    selfPayFor: others.map(({ persons, share }) => ({ ...persons, ratio: share })),
  };
}

function conditions({ schemes, personTypes }: ShareRow['persons']): number {
  return (schemes === undefined ? 0 : 1) + (personTypes === undefined ? 0 : 1);
}

function ownPayRow(code: string, thing: ThingRow): CatalogueItemFile {
  const { name, nameEn, chargeType = '14' } = thing;
  const english = nameEn === '' ? {} : { nameEn };
  return { code, name, ...english, itemClass: '03', chargeType, selfPayRatio: '1' };
}

/** Whether a row says the same as the one before it, whose last day is the day before. */
function continues(last: CatalogueItemFile, row: CatalogueItemFile): boolean {
  if (last.validTo === undefined || addDays(last.validTo, 1) !== (row.validFrom ?? ''))
    return false;
  const said = ({ validFrom: _from, validTo: _to, ...rest }: CatalogueItemFile) =>
    JSON.stringify(rest);
  return said(last) === said(row);
}

/** Only the last day of a row; absent when it stays until the catalogue ends. */
function ending(row: CatalogueItemFile): { validTo?: string } {
  return row.validTo === undefined ? {} : { validTo: row.validTo };
}
