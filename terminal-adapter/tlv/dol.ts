/**
 * Data object lists: what the card asks the terminal for, as tags and lengths (EMV 4.3 book 3,
 * 5.4).
 */
import { concatBytes, toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';

export type DolEntry = { readonly tag: string; readonly length: number };

/** Format n: cut and zero filled on the left. */
const NUMERIC_TAGS: ReadonlySet<string> = new Set(
  '5F2A 5F34 5F36 9A 9C 9F01 9F02 9F03 9F11 9F15 9F19 9F1A 9F21 9F35 9F39 9F41'.split(' '),
);
/** Format cn: cut on the right, filled with F on the right. */
const COMPRESSED_TAGS: ReadonlySet<string> = new Set(['5A', '9F20']);

/** Reads the tags and lengths of a DOL (values of tags 9F38, 8C, 8D). */
export function parseDol(dol: Uint8Array): Result<readonly DolEntry[], 'DOL_MALFORMED'> {
  const entries: DolEntry[] = [];
  for (let at = 0; at < dol.length; ) {
    const hasMore = ((dol[at] ?? 0) & 0x1f) === 0x1f;
    let next = at + 1;
    if (hasMore) {
      while (((dol[next] ?? 0) & 0x80) !== 0) next += 1;
      next += 1;
    }
    const length = dol[next];
    if (length === undefined) return fail('DOL_MALFORMED');
    entries.push({ tag: toHex(dol.subarray(at, next)), length });
    at = next + 1;
  }
  return ok(entries);
}

function fit(entry: DolEntry, value: Uint8Array): Uint8Array {
  const fitted = new Uint8Array(entry.length).fill(COMPRESSED_TAGS.has(entry.tag) ? 0xff : 0);
  if (NUMERIC_TAGS.has(entry.tag)) {
    const kept = value.subarray(Math.max(0, value.length - entry.length));
    fitted.set(kept, entry.length - kept.length);
  } else {
    fitted.set(value.subarray(0, entry.length));
  }
  return fitted;
}

/**
 * The data that answer a DOL, cut and filled as each tag's format demands; a tag we lack is zeros.
 */
export function fillDol(
  entries: readonly DolEntry[],
  values: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  return concatBytes(
    ...entries.map((entry) => {
      const value = values.get(entry.tag);
      return value === undefined ? new Uint8Array(entry.length) : fit(entry, value);
    }),
  );
}
