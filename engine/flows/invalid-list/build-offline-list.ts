import { fromHex, toHex } from '../../base/crypto/bytes.ts';
import { CARD_BYTES, openCardHash } from '../../base/crypto/card-hash.ts';
import { invariant } from '../../base/errors/result.ts';
import { buildFuseFilter, KEY_WORDS } from '../../base/offline-list/fuse-filter.ts';
import type { OfflineHeader } from '../../base/offline-list/offline-file.ts';
import {
  hashKeyCheck,
  signedOffline,
  unsignedOffline,
} from '../../base/offline-list/offline-file.ts';
import { sortedHashes } from '../../base/offline-list/offline-list.ts';
import type { Environment } from '../../ports/environment.ts';
import type { InvalidListReads } from '../../ports/invalid-list-reads.ts';
import type { OfflineBase, OfflineLists } from '../../ports/offline-lists.ts';
import type { ListSigner } from './write-list-file.ts';

export type OfflineDeps = {
  readonly offline: OfflineLists;
  readonly reads: Pick<InvalidListReads, 'currentSet'>;
  readonly signer: ListSigner;
  readonly environment: Pick<Environment, 'now' | 'randomBytes'>;
  readonly onProgress: (cards: number, total: number) => void;
};

export type BuiltOffline = {
  readonly kind: 'base' | 'delta' | 'current';
  readonly setNo: number;
  /** Cards of a base, changes of a delta. */
  readonly cards: number;
  readonly bytes: number;
};

/** More changes than this make a new base: a delta stays below 200 kB. */
const CHANGES_MAX = 20_000;

/**
 * Brings the compact list for terminals up to the lists in force: by a delta to the newest base, or by a
 * new base where there is none or too much has changed.
 * @param isWhole a new base in any case
 */
export async function buildOfflineList(deps: OfflineDeps, isWhole: boolean): Promise<BuiltOffline> {
  const { offline, reads } = deps;
  const { setNo } = await reads.currentSet();
  const known = await offline.latest();
  if (known === undefined || isWhole) return buildBase(deps, setNo);
  const shown = known.delta?.setNo ?? known.base.setNo;
  if (shown === setNo) return { kind: 'current', setNo, cards: 0, bytes: 0 };
  return (await buildDelta(deps, known.base, setNo)) ?? buildBase(deps, setNo);
}

async function buildBase(deps: OfflineDeps, setNo: number): Promise<BuiltOffline> {
  const { offline, environment, onProgress } = deps;
  const total = await offline.countEntries(setNo);
  const key = environment.randomBytes(CARD_BYTES);
  const hash = openCardHash(key);
  const words = new Uint32Array(total * KEY_WORDS);
  let entries = 0;
  for await (const cards of offline.cards(setNo)) {
    const hashes = Buffer.from(hash.ofMany(cards));
    for (let at = 0; at < hashes.length; at += CARD_BYTES) {
      for (let i = 0; i < KEY_WORDS; i += 1) {
        words[entries * KEY_WORDS + i] = hashes.readUInt32LE(at + 4 * i);
      }
      entries += 1;
    }
    onProgress(entries, total);
  }
  const filter = buildFuseFilter(words.subarray(0, entries * KEY_WORDS));
  invariant(filter.ok, 'no card is listed twice in a set');
  const { cells, ...shape } = filter.value;
  const madeAt = environment.now();
  const common = { setNo, baseSetNo: setNo, entries, madeAt, hashKeyCheck: hashKeyCheck(key) };
  const file = await signFile(
    deps,
    { kind: 'base', ...common, ...signerOf(deps), ...shape },
    cells,
  );
  await offline.saveBase({ setNo, entries, madeAt, hashKey: toHex(key), file });
  return { kind: 'base', setNo, cards: entries, bytes: file.length };
}

/** @returns undefined when too much has changed */
async function buildDelta(
  deps: OfflineDeps,
  base: OfflineBase,
  setNo: number,
): Promise<BuiltOffline | undefined> {
  const { offline, environment } = deps;
  const changed = await offline.changes(base.setNo, setNo, CHANGES_MAX);
  if (!changed.ok) return undefined;
  const key = fromHex(base.hashKey);
  const hash = openCardHash(key);
  const parts = [changed.value.added, changed.value.removed];
  const hashes = parts.map((cards) => sortedHashes(hash.ofMany(cards)));
  const [added = 0, removed = 0] = parts.map((cards) => cards.length / CARD_BYTES);
  const madeAt = environment.now();
  const header: OfflineHeader = {
    ...{ kind: 'delta', setNo, baseSetNo: base.setNo, madeAt, added, removed },
    ...{ entries: base.entries + added - removed, hashKeyCheck: hashKeyCheck(key) },
    ...signerOf(deps),
  };
  const file = await signFile(deps, header, Buffer.concat(hashes));
  const changes = added + removed;
  await offline.saveDelta({ baseSetNo: base.setNo, setNo, madeAt, changes, file });
  return { kind: 'delta', setNo, cards: changes, bytes: file.length };
}

function signerOf({ signer }: OfflineDeps) {
  return { keyId: signer.keyId, algorithm: signer.algorithm };
}

async function signFile(
  { signer }: OfflineDeps,
  header: OfflineHeader,
  body: Uint8Array,
): Promise<Uint8Array> {
  const unsigned = unsignedOffline(header, body);
  const signature = await signer.sign(signedOffline(unsigned));
  return Buffer.concat([unsigned, signature]);
}
