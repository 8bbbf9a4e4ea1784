import { openCardHash } from '../../engine/base/crypto/card-hash.ts';
import type { CardId } from '../../engine/base/ids/ids.ts';
import { buildFuseFilter, hasKey, KEY_WORDS } from '../../engine/base/offline-list/fuse-filter.ts';
import type { OfflineHeader } from '../../engine/base/offline-list/offline-file.ts';
import {
  hashKeyCheck,
  readOffline,
  unsignedOffline,
} from '../../engine/base/offline-list/offline-file.ts';
import { openOfflineList, sortedHashes } from '../../engine/base/offline-list/offline-list.ts';
import type { Peer } from './filter-peers.ts';
import { buildBloom, buildSortedArray } from './filter-peers.ts';
import { listCard, otherCard } from './list-cards.ts';

/** What the compact list of so many cards comes to, beside its peers. */
export type FilterFigures = {
  readonly cards: number;
  /** ms, without and with the hashing of the cards. */
  readonly buildMs: number;
  readonly hashMs: number;
  readonly bloomBuildMs: number;
  readonly sortMs: number;
  readonly fileBytes: number;
  readonly bloomBytes: number;
  readonly arrayBytes: number;
  readonly missed: number;
  readonly wronglyFound: number;
  readonly asked: number;
  readonly deltaBytes: number;
  readonly deltaChanges: number;
  readonly peakMiB: number;
  /** Nanoseconds of a look-up by round: from the card's id on, and of the hashed key alone. */
  readonly rounds: readonly LookupRound[];
};

export type LookupRound = {
  readonly fuse: number;
  readonly bloom: number;
  readonly array: number;
  readonly fuseAlone: number;
  readonly bloomAlone: number;
};

const KEY = Buffer.alloc(16, 5);
const LOOKUPS = 300_000;
/** At a counter hardly any card is listed. */
const LISTED_EVERY = 100;
const CHANGES = 10_000;
const SIGNATURE = Buffer.alloc(64);
const hash = openCardHash(KEY);

function wordsOf(card: CardId): Uint32Array {
  return hash.of(card);
}

function timed<T>(work: () => T): readonly [result: T, ms: number] {
  const startedAt = performance.now();
  const result = work();
  return [result, performance.now() - startedAt];
}

function hashCards(count: number): Uint32Array {
  const words = new Uint32Array(count * KEY_WORDS);
  for (let no = 0; no < count; no += 1) {
    const all = wordsOf(listCard(no));
    for (let i = 0; i < KEY_WORDS; i += 1) words[no * KEY_WORDS + i] = all[i] ?? 0;
  }
  return words;
}

/** Builds list and peers of the same cards, and asks them the same questions in turn. */
export function measureFilter(
  cards: number,
  rounds: number,
  tell: (what: string) => void,
): FilterFigures {
  tell('hashing cards');
  const [words, hashMs] = timed(() => hashCards(cards));
  tell('building the filter');
  const [built, buildMs] = timed(() => buildFuseFilter(words));
  if (!built.ok) throw new Error(built.error);
  const filter = built.value;
  tell('building the peers');
  const [bloom, bloomBuildMs] = timed(() => buildBloom(words));
  const [array, sortMs] = timed(() => buildSortedArray(words));
  tell('asking for every card, and for as many others');
  let missed = 0;
  for (let no = 0; no < cards; no += 1) {
    if (!hasKey(filter, words.subarray(no * KEY_WORDS, no * KEY_WORDS + KEY_WORDS))) missed += 1;
  }
  let wronglyFound = 0;
  for (let no = 0; no < cards; no += 1)
    if (hasKey(filter, wordsOf(otherCard(no)))) wronglyFound += 1;
  const { cells, ...shape } = filter;
  const header: OfflineHeader = { kind: 'base', ...about(cards), ...shape };
  const fileBytes = unsignedOffline(header, cells).length + SIGNATURE.length;
  tell('looking cards up');
  const measured = Array.from({ length: rounds }, (_, round) =>
    measureLookups(
      { fuse: { bytes: cells.length, has: (key) => hasKey(filter, key) }, bloom, array },
      cards,
      round,
    ),
  );
  return {
    ...{ cards, buildMs, hashMs, bloomBuildMs, sortMs, fileBytes },
    ...{ bloomBytes: bloom.bytes, arrayBytes: array.bytes, missed, wronglyFound, asked: cards },
    ...{ deltaBytes: deltaOf(cards, cells, header), deltaChanges: CHANGES, rounds: measured },
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}

function about(entries: number) {
  const keys = { keyId: 'bench', algorithm: 'ed25519' as const };
  return { setNo: 1, baseSetNo: 1, entries, madeAt: 0, hashKeyCheck: hashKeyCheck(KEY), ...keys };
}

/** A delta of half new and half removed cards, which a terminal then looks up. @returns its bytes */
function deltaOf(cards: number, cells: Uint8Array, base: OfflineHeader): number {
  const half = CHANGES / 2;
  const hashesOf = (from: number) => {
    const ids = Array.from({ length: half }, (_, i) => Buffer.from(listCard(from + i), 'hex'));
    return sortedHashes(hash.ofMany(Buffer.concat(ids)));
  };
  const removedFrom = Math.max(0, cards - half);
  const header = { kind: 'delta', ...about(cards), added: half, removed: half } as const;
  const body = Buffer.concat([hashesOf(cards), hashesOf(removedFrom)]);
  const delta = Buffer.concat([unsignedOffline(header, body), SIGNATURE]);
  const [first, second] = [
    readOffline(Buffer.concat([unsignedOffline(base, cells), SIGNATURE])),
    readOffline(delta),
  ];
  const list = first && openOfflineList(KEY, first, second);
  for (let i = 0; i < half; i += 1) {
    if (list?.mayBeListed(listCard(cards + i)) !== true) throw new Error('a new card is missed');
    if (list.mayBeListed(listCard(removedFrom + i))) throw new Error('a removed card is found');
  }
  return delta.length;
}

type Contenders = { readonly fuse: Peer; readonly bloom: Peer; readonly array: Peer };

/** The order alternates, because what comes later finds other caches. */
function measureLookups(peers: Contenders, cards: number, round: number): LookupRound {
  const asked = Array.from({ length: LOOKUPS }, (_, i) => {
    const no = (i * 7_919 + round * 104_729) % cards;
    return i % LISTED_EVERY === 0 ? listCard(no) : otherCard(no);
  });
  const keys = asked.map((card) => wordsOf(card).slice());
  const whole = ({ has }: Peer) =>
    perLookup(() => asked.reduce((found, card) => found + (has(wordsOf(card)) ? 1 : 0), 0));
  const alone = ({ has }: Peer) =>
    perLookup(() => keys.reduce((found, key) => found + (has(key) ? 1 : 0), 0));
  const names = ['fuse', 'bloom', 'array'] as const;
  const order = round % 2 === 0 ? names : names.toReversed();
  const wholes = Object.fromEntries(order.map((name) => [name, whole(peers[name])]));
  const alones = Object.fromEntries(order.map((name) => [name, alone(peers[name])]));
  return {
    ...{ fuse: wholes['fuse'] ?? 0, bloom: wholes['bloom'] ?? 0, array: wholes['array'] ?? 0 },
    ...{ fuseAlone: alones['fuse'] ?? 0, bloomAlone: alones['bloom'] ?? 0 },
  };
}

function perLookup(work: () => number): number {
  const [found, ms] = timed(work);
  if (found < LOOKUPS / LISTED_EVERY) throw new Error('a listed card was missed');
  return (ms * 1e6) / LOOKUPS;
}
