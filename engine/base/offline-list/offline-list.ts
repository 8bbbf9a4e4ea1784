import { openCardHash } from '../crypto/card-hash.ts';
import { hasKey } from './fuse-filter.ts';
import type { OfflineFile } from './offline-file.ts';
import { CHANGE_BYTES, hashKeyCheck } from './offline-file.ts';

/** Base and delta together, for look-ups. */
export type OfflineList = {
  /** False: the card is on no list. True: it is, or one time in 4,096 it is not: the engine knows. */
  mayBeListed(cardId: string): boolean;
  readonly setNo: number;
  readonly entries: number;
  /** When it was made, ms. */
  readonly madeAt: number;
};

/**
 * @param hashKey 16 bytes
 * @param delta the changes since the base; undefined: none
 * @returns undefined when the parts do not belong together
 */
export function openOfflineList(
  hashKey: Uint8Array,
  base: OfflineFile,
  delta: OfflineFile | undefined,
): OfflineList | undefined {
  const { header, body } = base;
  const check = hashKeyCheck(hashKey);
  if (header.kind !== 'base' || header.hashKeyCheck !== check) return undefined;
  const changed = delta === undefined ? nothing : changesOf(delta, header.setNo, check);
  if (changed === undefined) return undefined;
  const hash = openCardHash(hashKey);
  const filter = { ...header, cells: body };
  const { setNo, entries, madeAt } = delta?.header ?? header;
  return {
    ...{ setNo, entries, madeAt },
    mayBeListed(cardId) {
      const words = hash.of(cardId);
      if (contains(changed.added, words)) return true;
      return !contains(changed.removed, words) && hasKey(filter, words);
    },
  };
}

/** Sorted hashes of eight bytes. */
type Hashes = DataView;
type Changes = { readonly added: Hashes; readonly removed: Hashes };

const empty = new DataView(new ArrayBuffer(0));
const nothing: Changes = { added: empty, removed: empty };

function changesOf(
  { header, body }: OfflineFile,
  baseSetNo: number,
  check: string,
): Changes | undefined {
  if (header.kind !== 'delta' || header.baseSetNo !== baseSetNo) return undefined;
  if (header.hashKeyCheck !== check) return undefined;
  const end = CHANGE_BYTES * header.added;
  const { buffer, byteOffset, length } = body;
  return {
    added: new DataView(buffer, byteOffset, end),
    removed: new DataView(buffer, byteOffset + end, length - end),
  };
}

function contains(hashes: Hashes, words: Uint32Array): boolean {
  const [first = 0, second = 0] = words;
  let [low, high] = [0, hashes.byteLength / CHANGE_BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * CHANGE_BYTES;
    const ahead = hashes.getUint32(at, true) - first || hashes.getUint32(at + 4, true) - second;
    if (ahead === 0) return true;
    if (ahead < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** The hashes of a delta, in the order in which they are sought. @param hashes 16 bytes each */
export function sortedHashes(hashes: Uint8Array): Uint8Array {
  const view = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length);
  const places = Array.from({ length: hashes.length / 16 }, (_, i) => i * 16);
  places.sort(
    (a, b) =>
      view.readUInt32LE(a) - view.readUInt32LE(b) ||
      view.readUInt32LE(a + 4) - view.readUInt32LE(b + 4),
  );
  return Buffer.concat(places.map((at) => view.subarray(at, at + CHANGE_BYTES)));
}
