/**
 * A binary fuse filter (Graf and Lemire, 2022) with fingerprints of twelve bits: about 13.6 bits for a
 * key, and one answer in 4,096 for a key that is not in it says that it is. A key that is in it is
 * always found.
 */
import type { Result } from '../errors/result.ts';
import { fail, ok } from '../errors/result.ts';

export type FuseFilter = {
  /**
   * Cells of a segment, a power of two; a key has a cell in each of three segments that follow each
   * other.
   */
  readonly segmentLength: number;
  /** Cells in which a key's first one may lie. */
  readonly startLength: number;
  readonly seed: number;
  /** Two cells of twelve bits in three bytes, the lower one first. */
  readonly cells: Uint8Array;
};

/** Words of 32 bits that stand for a key. */
export const KEY_WORDS = 3;
/** Segments are no longer than the halves of a word reach. */
const SEGMENT_BITS_MAX = 16;
const FINGERPRINT_MASK = 0xfff;
const SEEDS_MAX = 64;

/** Is the key in the filter? `words`: at least three of its hash. */
export function hasKey(filter: FuseFilter, words: Uint32Array): boolean {
  const { seed, segmentLength, cells } = filter;
  if (cells.length === 0) return false;
  const place = scattered(words[1] ?? 0, seed);
  const start = startOf(scattered(words[0] ?? 0, seed), filter.startLength);
  const mask = segmentLength - 1;
  const second = (start + segmentLength) ^ ((place >>> SEGMENT_BITS_MAX) & mask);
  const third = (start + 2 * segmentLength) ^ (place & mask);
  const found = cellAt(cells, start) ^ cellAt(cells, second) ^ cellAt(cells, third);
  return found === fingerprintOf(words[2] ?? 0, seed);
}

/**
 * Builds the filter of distinct keys.
 * @param words three for each key, each as random as a cipher makes them
 * @returns `keys-equal` when no seed serves: two keys are the same
 */
export function buildFuseFilter(words: Uint32Array): Result<FuseFilter, 'keys-equal'> {
  const count = words.length / KEY_WORDS;
  const size = sizeOf(count);
  if (count === 0) return ok({ ...size, seed: 0, cells: new Uint8Array(0) });
  const order = inOrderOfPlace(words);
  for (let seed = 0; seed < SEEDS_MAX; seed += 1) {
    const peeled = peel(words, order, { ...size, seed });
    if (peeled !== undefined)
      return ok({ ...size, seed, cells: assign(words, peeled, { ...size, seed }) });
  }
  return fail('keys-equal');
}

type Size = Pick<FuseFilter, 'segmentLength' | 'startLength'>;
type Shape = Size & Pick<FuseFilter, 'seed'>;

/** The constants of the paper for three cells a key. */
function sizeOf(count: number): Size {
  const keys = Math.max(count, 2);
  const bits = Math.floor(Math.log(keys) / Math.log(3.33) + 2.25);
  const segmentLength = 1 << Math.min(bits, SEGMENT_BITS_MAX);
  const factor = Math.max(1.125, 0.875 + (0.25 * Math.log(1_000_000)) / Math.log(keys));
  const segments = Math.max(1, Math.ceil((keys * factor) / segmentLength) - 2);
  return { segmentLength, startLength: segments * segmentLength };
}

/** Keys by the place of their first cell, roughly: cells that are touched together lie together. */
function inOrderOfPlace(words: Uint32Array): Uint32Array {
  const count = words.length / KEY_WORDS;
  const buckets = new Uint32Array(0x10001);
  for (let key = 0; key < count; key += 1) {
    const bucket = ((words[key * KEY_WORDS] ?? 0) >>> 16) + 1;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (let i = 1; i < buckets.length; i += 1)
    buckets[i] = (buckets[i] ?? 0) + (buckets[i - 1] ?? 0);
  const order = new Uint32Array(count);
  for (let key = 0; key < count; key += 1) {
    const bucket = (words[key * KEY_WORDS] ?? 0) >>> 16;
    const at = buckets[bucket] ?? 0;
    order[at] = key;
    buckets[bucket] = at + 1;
  }
  return order;
}

/** Keys, and the cell that each has for itself, in the order in which they were taken off. */
type Peeled = { readonly keys: Uint32Array; readonly cells: Uint32Array };

/** Takes off, again and again, a key that has a cell for itself. @returns undefined: keys are left */
function peel(words: Uint32Array, order: Uint32Array, shape: Shape): Peeled | undefined {
  const cellCount = shape.startLength + 2 * shape.segmentLength;
  const uses = new Uint8Array(cellCount);
  /** The keys of a cell, combined by exclusive or: a single one stands there as it is. */
  const users = new Uint32Array(cellCount);
  const cells = new Uint32Array(KEY_WORDS);
  for (const key of order) {
    cellsOf(words, key, shape, cells);
    for (let i = 0; i < KEY_WORDS; i += 1) {
      const cell = cells[i] ?? 0;
      uses[cell] = (uses[cell] ?? 0) + 1;
      users[cell] = (users[cell] ?? 0) ^ key;
    }
  }
  /** A cell comes to one use at most once. */
  const single = new Uint32Array(cellCount);
  let waiting = 0;
  for (let cell = 0; cell < cellCount; cell += 1) if (uses[cell] === 1) single[waiting++] = cell;
  const peeled = { keys: new Uint32Array(order.length), cells: new Uint32Array(order.length) };
  let done = 0;
  while (waiting > 0) {
    const own = single[--waiting] ?? 0;
    if (uses[own] !== 1) continue;
    const key = users[own] ?? 0;
    peeled.keys[done] = key;
    peeled.cells[done++] = own;
    cellsOf(words, key, shape, cells);
    for (let i = 0; i < KEY_WORDS; i += 1) {
      const cell = cells[i] ?? 0;
      users[cell] = (users[cell] ?? 0) ^ key;
      const left = (uses[cell] ?? 0) - 1;
      uses[cell] = left;
      if (left === 1) single[waiting++] = cell;
    }
  }
  return done === order.length ? peeled : undefined;
}

/** In the reverse order each key's own cell is still free, and makes its three cells give the fingerprint. */
function assign(words: Uint32Array, peeled: Peeled, shape: Shape): Uint8Array {
  const cellCount = shape.startLength + 2 * shape.segmentLength;
  const packed = new Uint8Array(Math.ceil((cellCount * 3) / 2) + 1);
  const cells = new Uint32Array(KEY_WORDS);
  for (let i = peeled.keys.length - 1; i >= 0; i -= 1) {
    const key = peeled.keys[i] ?? 0;
    cellsOf(words, key, shape, cells);
    const others =
      cellAt(packed, cells[0] ?? 0) ^ cellAt(packed, cells[1] ?? 0) ^ cellAt(packed, cells[2] ?? 0);
    const print = fingerprintOf(words[key * KEY_WORDS + 2] ?? 0, shape.seed);
    putCell(packed, peeled.cells[i] ?? 0, print ^ others);
  }
  return packed;
}

function cellsOf(words: Uint32Array, key: number, shape: Shape, into: Uint32Array): void {
  const { seed, segmentLength } = shape;
  const place = scattered(words[key * KEY_WORDS + 1] ?? 0, seed);
  const start = startOf(scattered(words[key * KEY_WORDS] ?? 0, seed), shape.startLength);
  const mask = segmentLength - 1;
  into[0] = start;
  into[1] = (start + segmentLength) ^ ((place >>> SEGMENT_BITS_MAX) & mask);
  into[2] = (start + 2 * segmentLength) ^ (place & mask);
}

function fingerprintOf(word: number, seed: number): number {
  return scattered(word, seed) & FINGERPRINT_MASK;
}

/** The upper 32 bits of word × length, in numbers that are exact. */
function startOf(word: number, length: number): number {
  const low = Math.floor(((word & 0xffff) * length) / 0x10000);
  return Math.floor(((word >>> 16) * length + low) / 0x10000);
}

/** The words are random already: only a second attempt needs others. */
function scattered(word: number, seed: number): number {
  return seed === 0 ? word : mix(word ^ seed);
}

/** MurmurHash3's finaliser: another seed scatters the same words anew. */
function mix(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function cellAt(packed: Uint8Array, cell: number): number {
  const at = (cell * 3) >>> 1;
  const both = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8);
  // Without a branch, which would be guessed wrong every other time.
  return (both >>> ((cell & 1) << 2)) & FINGERPRINT_MASK;
}

/** The cell is empty before. */
function putCell(packed: Uint8Array, cell: number, value: number): void {
  const at = (cell * 3) >>> 1;
  const both = (cell & 1) === 0 ? value : value << 4;
  packed[at] = (packed[at] ?? 0) | (both & 0xff);
  packed[at + 1] = (packed[at + 1] ?? 0) | (both >>> 8);
}
