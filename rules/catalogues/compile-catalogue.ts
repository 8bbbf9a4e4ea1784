/** Turns a catalogue's JSON into a lookup by code, or into a list of everything wrong with it. */
import { fail, ok, type Result } from '../../engine/domain/errors/result.ts';
import {
  openAt,
  openList,
  openObject,
  problem,
  type Reader,
  readDate,
  readOneOf,
  readOptional,
  readPriceE6,
  readRatio,
  readText,
  readTexts,
} from '../kernel/checked-json.ts';
import type { Catalogue, CatalogueItem, PlaceLevel } from '../model/catalogue.ts';

const ITEM_KEYS = [
  ...['code', 'name', 'nameEn', 'itemClass', 'chargeType', 'selfPayRatio', 'priceLimits', 'price'],
  ...['source', 'assumed', 'note'],
];
const PLACE_LEVELS = ['1', '2', '3', 'pharmacy'] as const satisfies readonly PlaceLevel[];
/** Drugs X (23) and Z (20), herbal pieces T, consumables C, services 00 + 13 digits. */
const NATIONAL_CODE = /^(X[A-Z0-9]{22}|Z[A-Z0-9]{19}|T\d{9}|C\d{9,26}|00\d{13})$/;
/** The national "no limit" of recorded replies: 999999 or 99999999 yuan. */
const NO_LIMIT_E6 = 999_999_000_000n;

function readSelfPayE4(reader: Reader): number {
  const { num, den } = readRatio(reader, 'selfPayRatio');
  const e4 = num * 10_000n;
  if (e4 % den !== 0n) problem(reader, 'selfPayRatio', 'has more than four decimals');
  return Number(e4 / den);
}

function readPriceLimits(reader: Reader): ReadonlyMap<PlaceLevel, bigint> {
  const limits = new Map<PlaceLevel, bigint>();
  if (reader.value['priceLimits'] === undefined) return limits;
  const byLevel = openAt(reader, 'priceLimits', PLACE_LEVELS);
  for (const level of PLACE_LEVELS) {
    const limit = readOptional(byLevel, level, readPriceE6);
    if (limit !== undefined && limit < NO_LIMIT_E6) limits.set(level, limit);
  }
  return limits;
}

function readItem(reader: Reader): CatalogueItem {
  const code = readText(reader, 'code');
  if (!NATIONAL_CODE.test(code))
    problem(reader, 'code', `"${code}" has not the shape of a national code`);
  const assumed = readOptional(reader, 'assumed', readTexts);
  const note = readOptional(reader, 'note', readText);
  const source = readText(reader, 'source');
  const doubts = assumed === undefined ? '' : ` [assumed: ${assumed.join(', ')}]`;
  return {
    code,
    name: readText(reader, 'name'),
    nameEn: readOptional(reader, 'nameEn', readText),
    itemClass: readOneOf(reader, 'itemClass', ['01', '02', '03']),
    chargeType: readText(reader, 'chargeType'),
    selfPayE4: readSelfPayE4(reader),
    priceLimitE6: readPriceLimits(reader),
    examplePriceE6: readOptional(reader, 'price', readPriceE6),
    source: `${source}${note === undefined ? '' : ` (${note})`}${doubts}`,
  };
}

/** `value` is parsed JSON; the error is one readable line for each problem, with its place. */
export function compileCatalogue(value: unknown): Result<Catalogue, readonly string[]> {
  const problems: string[] = [];
  const keys = ['about', 'id', 'regions', 'effectiveFrom', 'effectiveTo', 'items'];
  const reader = openObject(value, { at: '', problems }, keys);
  readTexts(reader, 'about');
  const items = new Map<string, CatalogueItem>();
  for (const entry of openList(reader, 'items', ITEM_KEYS)) {
    const item = readItem(entry);
    if (items.has(item.code)) problem(entry, 'code', `"${item.code}" stands twice`);
    items.set(item.code, item);
  }
  const catalogue: Catalogue = {
    id: readText(reader, 'id'),
    regions: readTexts(reader, 'regions'),
    effectiveFrom: readDate(reader, 'effectiveFrom'),
    effectiveTo: readOptional(reader, 'effectiveTo', readDate),
    items,
  };
  return problems.length === 0 ? ok(catalogue) : fail(problems);
}
