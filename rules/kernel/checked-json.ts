/**
 * Reads the JSON of packs and catalogues value by value and collects every problem with its place
 * ("fund.choices[2].bands[0].ratio: …"), so that who writes a pack sees all mistakes at once. A bad
 * value reads as a harmless stand-in; the caller throws the result away when there is any problem.
 */
import { Decimal as GlobalDecimal } from 'decimal.js';
import { type Fen, parseFen, ZERO } from '../../engine/domain/money/fen.ts';
import type { Ratio } from '../model/pack.ts';

const Decimal = GlobalDecimal.clone({ precision: 40, rounding: GlobalDecimal.ROUND_HALF_UP });

/** A JSON object under inspection: its place in the document and the common list of problems. */
export type Reader = {
  readonly at: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: string[];
};

const DECIMAL_TEXT = /^(0|1)(\.\d{1,6})?$/;
const FRACTION_TEXT = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/;
const DATE_TEXT = /^\d{4}-\d{2}-\d{2}$/;
const STAND_IN: Ratio = { num: 0n, den: 1n, text: '0%' };

export function problem(reader: Reader, key: string, message: string): void {
  reader.problems.push(`${placeOf(reader, key)}: ${message}`);
}

function placeOf(reader: Reader, key: string): string {
  return reader.at === '' ? key : `${reader.at}.${key}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Opens an object and reports every key that the format does not know. */
export function openObject(
  value: unknown,
  place: { readonly at: string; readonly problems: string[] },
  keys: readonly string[],
): Reader {
  const { at, problems } = place;
  if (!isRecord(value)) {
    problems.push(`${at === '' ? 'the document' : at}: must be an object`);
    return { at, value: {}, problems };
  }
  const reader = { at, value, problems };
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) problem(reader, key, `unknown key; known are ${keys.join(', ')}`);
  }
  return reader;
}

/** The object under a key. */
export function openAt(reader: Reader, key: string, keys: readonly string[]): Reader {
  return openObject(
    reader.value[key],
    { at: placeOf(reader, key), problems: reader.problems },
    keys,
  );
}

/** The non-empty list of objects under a key; `mayBeEmpty` lets it be missing or empty. */
export function openList(
  reader: Reader,
  key: string,
  keys: readonly string[],
  mayBeEmpty = false,
): readonly Reader[] {
  const value = reader.value[key];
  if (value === undefined && mayBeEmpty) return [];
  if (!Array.isArray(value) || (value.length === 0 && !mayBeEmpty)) {
    problem(reader, key, 'must be a list with at least one entry');
    return [];
  }
  const { problems } = reader;
  return value.map((entry: unknown, index) =>
    openObject(entry, { at: `${placeOf(reader, key)}[${index}]`, problems }, keys),
  );
}

export function readText(reader: Reader, key: string): string {
  const value = reader.value[key];
  if (typeof value === 'string' && value.trim() !== '') return value;
  problem(reader, key, 'must be a text that is not empty');
  return '';
}

export function readOptional<T>(
  reader: Reader,
  key: string,
  read: (reader: Reader, key: string) => T,
): T | undefined {
  return reader.value[key] === undefined ? undefined : read(reader, key);
}

export function readOneOf<T extends string>(reader: Reader, key: string, allowed: readonly T[]): T {
  const value = reader.value[key];
  const found = allowed.find((choice) => choice === value);
  if (found !== undefined) return found;
  problem(reader, key, `must be one of ${allowed.join(', ')}`);
  return allowed[0] as T;
}

export function readTexts(reader: Reader, key: string): readonly string[] {
  const value = reader.value[key];
  if (Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string'))
    return value;
  problem(reader, key, 'must be a list of texts with at least one entry');
  return [];
}

/** A list, possibly empty, of distinct words out of `allowed`. */
export function readListOf<T extends string>(
  reader: Reader,
  key: string,
  allowed: readonly T[],
): readonly T[] {
  const known: T[] = [];
  const value = reader.value[key];
  if (Array.isArray(value) && value.length === 0) return known;
  for (const text of readTexts(reader, key)) {
    const found = allowed.find((choice) => choice === text);
    if (found === undefined) problem(reader, key, `"${text}" is not one of ${allowed.join(', ')}`);
    else if (known.includes(found)) problem(reader, key, `"${text}" stands twice`);
    else known.push(found);
  }
  return known;
}

export function readWhole(reader: Reader, key: string): number {
  const value = reader.value[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  problem(reader, key, 'must be a whole number that is not negative');
  return 0;
}

export function readBoolean(reader: Reader, key: string): boolean {
  const value = reader.value[key];
  if (typeof value === 'boolean') return value;
  problem(reader, key, 'must be true or false');
  return false;
}

export function readDate(reader: Reader, key: string): string {
  const value = readText(reader, key);
  const time = DATE_TEXT.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  if (!isDay) problem(reader, key, `"${value}" is not a day like "2023-01-01"`);
  return value;
}

/** "1800.00" → 180000 fen. */
export function readAmount(reader: Reader, key: string): Fen {
  const value = reader.value[key];
  const amount = typeof value === 'string' ? parseFen(value) : undefined;
  if (amount !== undefined) return amount;
  problem(reader, key, 'must be an amount in yuan as text with two decimals, like "1800.00"');
  return ZERO;
}

/** "12.50" or "1.397500" yuan → millionths of a yuan. */
export function readPriceE6(reader: Reader, key: string): bigint {
  const value = reader.value[key];
  if (typeof value === 'string' && /^(0|[1-9]\d{0,11})(\.\d{1,6})?$/.test(value)) {
    return BigInt(new Decimal(value).times(1_000_000).toFixed(0));
  }
  problem(reader, key, 'must be a price in yuan as text with at most six decimals, like "1.3975"');
  return 0n;
}

/** "0.70" or "2/3" → an exact fraction between 0 and 1. */
export function readRatio(reader: Reader, key: string): Ratio {
  const value = reader.value[key];
  const fraction = typeof value === 'string' ? FRACTION_TEXT.exec(value) : null;
  if (fraction !== null) {
    const [num, den] = [BigInt(fraction[1] ?? '0'), BigInt(fraction[2] ?? '1')];
    if (num > den) problem(reader, key, `a ratio must not exceed 1, but is ${fraction[0]}`);
    return { num, den, text: fraction[0] };
  }
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) {
    problem(reader, key, 'must be a ratio as text, like "0.70" or "2/3"');
    return STAND_IN;
  }
  const decimal = new Decimal(value);
  if (decimal.greaterThan(1)) problem(reader, key, `a ratio must not exceed 1, but is ${value}`);
  else if (!DECIMAL_TEXT.test(value))
    problem(reader, key, `a ratio has at most six decimals, but is ${value}`);
  const [num, den] = decimal.toFraction();
  if (num === undefined || den === undefined) return STAND_IN;
  return {
    num: BigInt(num.toFixed()),
    den: BigInt(den.toFixed()),
    text: `${decimal.times(100).toFixed()}%`,
  };
}
