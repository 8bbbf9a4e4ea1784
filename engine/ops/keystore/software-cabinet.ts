import { createPrivateKey, createPublicKey } from 'node:crypto';
import { oddParity } from '../../base/crypto/block-cipher.ts';
import type { KeyCabinet, KeyDomain, KeyRecord } from './key-cabinet.ts';
import { keyLabel, latestOf, readKeyLabel } from './key-cabinet.ts';
import type { KeyKind } from './key-catalogue.ts';
import { checkValueOf, keyBytes, newKey } from './key-catalogue.ts';
import { missingKeys, refusedKey } from './keystore-errors.ts';

/** The keys of a keystore without a module, by label ("pinVerifier@1"). Whoever reads them wipes them. */
export type KeySet = Map<string, Uint8Array>;

/** Where a key set is kept. */
export type KeySetPlace = {
  readonly domain: KeyDomain;
  readonly kinds: Readonly<Record<string, KeyKind>>;
  load(): KeySet;
  save(keys: KeySet): void;
  close(): void;
};

/** Wipes all keys of a set. */
export function wipe(keys: KeySet): void {
  for (const key of keys.values()) key.fill(0);
  keys.clear();
}

/**
 * Copies of the latest version of each key, which the caller wipes.
 * @throws StartupError naming those that are missing
 */
export function latestKeys<Name extends string>(
  domain: KeyDomain,
  kinds: Readonly<Record<Name, KeyKind>>,
  keys: KeySet,
): Record<Name, Uint8Array> {
  const latest = latestOf(recordsOf(kinds, keys));
  const names = Object.keys(kinds);
  const missing = names.filter((name) => !latest.has(name));
  if (missing.length > 0) throw missingKeys(domain, missing);
  const found = names.map((name) => {
    const key = keys.get(keyLabel(name, latest.get(name)?.version ?? 1));
    return [name, Uint8Array.from(key ?? [])] as const;
  });
  return Object.fromEntries(found) as Record<Name, Uint8Array>;
}

/** The cabinet of a keystore without a module: every change is saved at once. */
export function createSoftwareCabinet(place: KeySetPlace): KeyCabinet {
  const { domain, kinds } = place;
  const change = <T>(work: (keys: KeySet) => T): T => {
    const keys = place.load();
    try {
      const done = work(keys);
      place.save(keys);
      return done;
    } finally {
      wipe(keys);
    }
  };
  const add = (name: string, value: (kind: KeyKind) => Uint8Array): KeyRecord => {
    const kind = kinds[name];
    if (kind === undefined) throw refusedKey(name);
    return change((keys) => {
      const versions = recordsOf(kinds, keys).filter((record) => record.name === name);
      const version = Math.max(0, ...versions.map((record) => record.version)) + 1;
      const label = keyLabel(name, version);
      keys.set(label, value(kind));
      return recordOf(kinds, label, keys);
    });
  };
  return {
    ...{ domain, kinds },
    list: async () => {
      const keys = place.load();
      try {
        return recordsOf(kinds, keys);
      } finally {
        wipe(keys);
      }
    },
    generate: async (name) => add(name, newKey),
    install: async (name, value) =>
      add(name, (kind) => {
        if (keyBytes(kind) !== value.length) throw refusedKey(name);
        const key = kind === '3des' ? oddParity(value) : Uint8Array.from(value);
        value.fill(0);
        return key;
      }),
    destroy: async (name, version) =>
      change((keys) => {
        const label = keyLabel(name, version);
        keys.get(label)?.fill(0);
        return keys.delete(label);
      }),
    close: async () => place.close(),
  };
}

function recordsOf(kinds: Readonly<Record<string, KeyKind>>, keys: KeySet): readonly KeyRecord[] {
  return [...keys.keys()]
    .filter((label) => kinds[readKeyLabel(label)?.name ?? ''] !== undefined)
    .toSorted()
    .map((label) => recordOf(kinds, label, keys));
}

function recordOf(
  kinds: Readonly<Record<string, KeyKind>>,
  label: string,
  keys: KeySet,
): KeyRecord {
  const read = readKeyLabel(label);
  const kind = kinds[read?.name ?? ''];
  const key = keys.get(label);
  if (read === undefined || kind === undefined || key === undefined) throw refusedKey(label);
  const checked = kind === 'ed25519' ? publicKeyOf(key) : key;
  return { ...read, kind, checkValue: checkValueOf(kind, checked) };
}

/** SPKI DER of the public key. @param pkcs8 DER */
export function publicKeyOf(pkcs8: Uint8Array): Uint8Array {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
}
