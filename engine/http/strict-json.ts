/**
 * JSON.parse forgives too much for money: it keeps the last of duplicate keys, and passes NUL, lone
 * surrogates and `__proto__`. This reader refuses them. It scans the text once for what the parser
 * hides (members and depth), parses, and walks the result once.
 */
import { isUtf8 } from 'node:buffer';

/** The deepest body of the wire contract has 4 levels. */
const DEPTH_MAX = 12;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Counts members (colons outside strings); undefined when nested too deeply or a string has no end. */
function countMembers(text: string): number | undefined {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return undefined;
    } else if (unit === COLON) members++;
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > DEPTH_MAX) return undefined;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return members;
}

/** Index of the quote that ends the string which starts at `start`, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at++;
  }
  return -1;
}

function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** Members below `value`; NaN when a name or a text is not acceptable. Depth is bounded by the scan. */
function countClean(value: unknown): number {
  if (typeof value === 'string') return isCleanText(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countClean(item);
    return members;
  }
  for (const [name, item] of Object.entries(value)) {
    if (forbiddenNames.has(name) || !isCleanText(name)) return Number.NaN;
    members += 1 + countClean(item);
  }
  return members;
}

/**
 * Parses the raw bytes of a JSON body. Undefined for anything that is not well-formed UTF-8 JSON, has
 * a duplicate member, a forbidden name (`__proto__` …), NUL, a lone surrogate, or more than 12 levels.
 */
export function parseStrictJson(raw: Uint8Array): unknown {
  if (!isUtf8(raw)) return undefined;
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('utf8');
  const members = countMembers(text);
  if (members === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // A duplicate name leaves fewer members in the value than there are in the text.
  return countClean(value) === members ? value : undefined;
}
