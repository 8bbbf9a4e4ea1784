import { KEY_WORDS } from '../../engine/base/offline-list/fuse-filter.ts';

/** Something that knows a set of keys. `words`: three of 32 bits for a key. */
export type Peer = {
  readonly bytes: number;
  has(words: Uint32Array): boolean;
};

/** The rate at which both filters take a strange key for one of theirs: 1 in 2^12. */
const BLOOM_HASHES = 12;
const BITS_A_KEY = BLOOM_HASHES / Math.LN2;
const TWO_TO_32 = 2 ** 32;
const TWO_TO_21 = 2 ** 21;

/** A Bloom filter of the same rate, with the number of hashes that makes it smallest. */
export function buildBloom(words: Uint32Array): Peer {
  const count = words.length / KEY_WORDS;
  const bits = Math.max(8, Math.ceil(count * BITS_A_KEY));
  const cells = new Uint8Array(Math.ceil(bits / 8));
  for (let key = 0; key < count; key += 1) {
    let place = words[key * KEY_WORDS] ?? 0;
    const step = words[key * KEY_WORDS + 1] ?? 0;
    for (let i = 0; i < BLOOM_HASHES; i += 1) {
      const bit = Math.floor((place / TWO_TO_32) * bits);
      const at = Math.floor(bit / 8);
      cells[at] = (cells[at] ?? 0) | (1 << (bit & 7));
      place = (place + step) >>> 0;
    }
  }
  return {
    bytes: cells.length,
    has(wanted) {
      let place = wanted[0] ?? 0;
      const step = wanted[1] ?? 0;
      for (let i = 0; i < BLOOM_HASHES; i += 1) {
        const bit = Math.floor((place / TWO_TO_32) * bits);
        if (((cells[Math.floor(bit / 8)] ?? 0) & (1 << (bit & 7))) === 0) return false;
        place = (place + step) >>> 0;
      }
      return true;
    },
  };
}

/** The hashes themselves, 53 bits of each, sorted. */
export function buildSortedArray(words: Uint32Array): Peer {
  const count = words.length / KEY_WORDS;
  const hashes = new Float64Array(count);
  for (let key = 0; key < count; key += 1) {
    hashes[key] = hashOf(words[key * KEY_WORDS] ?? 0, words[key * KEY_WORDS + 1] ?? 0);
  }
  hashes.sort();
  return {
    bytes: hashes.byteLength,
    has(wanted) {
      const hash = hashOf(wanted[0] ?? 0, wanted[1] ?? 0);
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((hashes[middle] ?? 0) < hash) low = middle + 1;
        else high = middle;
      }
      return hashes[low] === hash;
    },
  };
}

function hashOf(first: number, second: number): number {
  return first * TWO_TO_21 + (second >>> 11);
}
