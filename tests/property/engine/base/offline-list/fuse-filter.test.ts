import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listCard, otherCard } from '../../../../../bench/list/list-cards.ts';
import { openCardHash } from '../../../../../engine/base/crypto/card-hash.ts';
import {
  buildFuseFilter,
  hasKey,
  KEY_WORDS,
} from '../../../../../engine/base/offline-list/fuse-filter.ts';

/** The filter of a compact list: whoever is in it is found, and few others are. */

const hash = openCardHash(Buffer.alloc(16, 3));

function wordsOf(count: number, from = 0): Uint32Array {
  const words = new Uint32Array(count * KEY_WORDS);
  for (let i = 0; i < count; i += 1) words.set(hash.of(listCard(from + i)).subarray(0, 3), i * 3);
  return words;
}

function build(words: Uint32Array) {
  const filter = buildFuseFilter(words);
  if (!filter.ok) throw new Error(filter.error);
  return filter.value;
}

test('no key of any set is missed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(40), fc.nat(5_000)), fc.nat(1_000_000), (count, from) => {
      const words = wordsOf(count, from);
      const filter = build(words);
      for (let key = 0; key < count; key += 1) {
        expect(hasKey(filter, words.subarray(key * KEY_WORDS))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('fewer than one in a thousand of other cards seems to be in it, and a key takes 14 bits', () => {
  const count = 100_000;
  const filter = build(wordsOf(count));
  let found = 0;
  for (let i = 0; i < count; i += 1) if (hasKey(filter, hash.of(otherCard(i)))) found += 1;
  // One in 4,096 is 24; the same cards give the same number in every run.
  expect(found).toBeLessThan(50);
  expect(found).toBeGreaterThan(5);
  expect((filter.cells.length * 8) / count).toBeLessThan(14.5);
});

test('the same key twice is told instead of a filter that misses it', () => {
  const words = wordsOf(2);
  words.copyWithin(KEY_WORDS, 0, KEY_WORDS);
  expect(buildFuseFilter(words)).toEqual({ ok: false, error: 'keys-equal' });
});
