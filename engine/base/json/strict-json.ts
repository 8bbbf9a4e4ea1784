/**
 * A strict JSON reader. JSON.parse is too lenient for money: it keeps the last of duplicate keys and accepts
 * NUL, lone surrogates and `__proto__`. This reader counts members and depth in the text, parses it, and
 * compares with the members of the result.
 */
import { isUtf8 } from 'node:buffer';

/** The deepest body of the wire contract has 4 levels. */
const WIRE_LEVELS_MAX = 12;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Names that mean something else to programs than to people. */
export const forbiddenNames: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);

/** Counts members (colons outside strings); undefined when nested too deeply or a string is not closed. */
function countMembers(raw: Uint8Array, levelsMax: number): number | undefined {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at];
    if (byte === QUOTE) {
      at = endOfString(raw, at);
      if (at < 0) return undefined;
    } else if (byte === COLON) members++;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > levelsMax) return undefined;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return members;
}

/** Index of the quote that ends the string which starts at `start`, or -1. */
function endOfString(raw: Uint8Array, start: number): number {
  for (let at = start + 1; at < raw.length; at++) {
    const byte = raw[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}

function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** Members below `value`; NaN when a name is forbidden. The scan has limited the depth. */
function countNamed(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countNamed(item);
    return members;
  }
  // JSON.parse gives own members only, so `for in` is safe and needs no array.
  for (const name in value) {
    if (forbiddenNames.has(name)) return Number.NaN;
    members += 1 + countNamed((value as Readonly<Record<string, unknown>>)[name]);
  }
  return members;
}

function hasOnlyCleanTexts(value: unknown): boolean {
  if (typeof value === 'string') return isCleanText(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(
    ([name, item]) => isCleanText(name) && hasOnlyCleanTexts(item),
  );
}

/**
 * Parses the raw bytes of a JSON body, or of a document (`readJsonDocument` says what is wrong with one).
 * @returns undefined for malformed UTF-8 or JSON, a duplicate member, a forbidden name (`__proto__` …),
 *   NUL, a lone surrogate, or more levels than allowed
 */
export function parseStrictJson(raw: Uint8Array, levelsMax: number = WIRE_LEVELS_MAX): unknown {
  if (!isUtf8(raw)) return undefined;
  const members = countMembers(raw, levelsMax);
  if (members === undefined) return undefined;
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // A duplicate name leaves fewer members in the value than in the text.
  if (countNamed(value) !== members) return undefined;
  // Valid UTF-8 without escapes contains no lone surrogate, and JSON.parse refuses a raw NUL.
  return !text.includes('\\u') || hasOnlyCleanTexts(value) ? value : undefined;
}
