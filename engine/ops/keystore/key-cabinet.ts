import type { KeyKind } from './key-catalogue.ts';

/** The two domains of keys (密钥域); each has a keystore, a PIN or shares, and an object of its own. */
export type KeyDomain = 'social-security' | 'financial';

/** One version of a key, as its officers see it. */
export type KeyRecord = {
  readonly name: string;
  /** 1, 2, …; the highest makes and signs, all open and verify. */
  readonly version: number;
  readonly kind: KeyKind;
  /** Six hex digits: see `checkValueOf`. */
  readonly checkValue: string;
};

/** The keys of one domain for those who look after them: by name and version, never by value. */
export type KeyCabinet = {
  readonly domain: KeyDomain;
  /** Which keys the domain has: name and kind. */
  readonly kinds: Readonly<Record<string, KeyKind>>;
  list(): Promise<readonly KeyRecord[]>;
  /** A new random version of a key, made where the keystore keeps it. */
  generate(name: string): Promise<KeyRecord>;
  /**
   * A new version with this value, which is wiped. A key pair cannot be installed.
   * @throws StartupError KEYSTORE_KEY_REFUSED when the keystore does not take it
   */
  install(name: string, value: Uint8Array): Promise<KeyRecord>;
  /** Destroys a version for ever. @returns false: there is no such version */
  destroy(name: string, version: number): Promise<boolean>;
  close(): Promise<void>;
};

/** The text by which a version is stored: "pinVerifier@1". */
export function keyLabel(name: string, version: number): string {
  return `${name}@${version}`;
}

/** Inverse of `keyLabel`. */
export function readKeyLabel(
  label: string,
): { readonly name: string; readonly version: number } | undefined {
  const match = /^([A-Za-z0-9]+)@([1-9]\d{0,5})$/.exec(label);
  if (match?.[1] === undefined) return undefined;
  return { name: match[1], version: Number(match[2]) };
}

/** The latest version of each key. */
export function latestOf(records: readonly KeyRecord[]): ReadonlyMap<string, KeyRecord> {
  const latest = new Map<string, KeyRecord>();
  for (const record of records) {
    if ((latest.get(record.name)?.version ?? 0) < record.version) latest.set(record.name, record);
  }
  return latest;
}
