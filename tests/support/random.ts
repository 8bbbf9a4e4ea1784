/** Chance from a seed: the same seed gives the same run again. */

/** 0 ≤ x < 1: mulberry32, small, fast, and good enough to choose faults and to spread load. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = {
  /** 0 ≤ x < 1 */
  next(): number;
  chance(probability: number): boolean;
  /** first … last, whole. */
  between(first: number, last: number): number;
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Uint8Array;
};

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const between = (first: number, last: number): number =>
    first + Math.floor(next() * (last - first + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick(from) {
      const picked = from[Math.floor(next() * from.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
  };
}

/**
 * The streams of one seed: the same name gives the same stream again, where it stopped. Every
 * purpose has a stream of its own, so that one fault less moves no other one.
 */
export function createStreams(seed: number): (name: string) => Random {
  const streams = new Map<string, Random>();
  return (name) => {
    const known = streams.get(name) ?? createRandom(mix(seed, name));
    streams.set(name, known);
    return known;
  };
}

/** FNV-1a over the name, from the seed on. */
function mix(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
