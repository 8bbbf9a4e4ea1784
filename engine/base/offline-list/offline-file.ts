/**
 * The compact list of invalid cards for terminals, as signed bytes (integers little-endian):
 *
 *   4  length of the header
 *      header, JSON
 *      body. `base`: the cells of the filter. `delta`: hashes of 8 bytes of the cards that are listed
 *      since the base, then of those that are no longer; sorted each
 *      signature over `signedOffline` of all before it, 64 bytes
 *
 * A delta holds all changes since its base, so a terminal needs the base and one delta, whatever it has
 * missed.
 */
import { toHex } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/sha256.ts';
import type { FuseFilter } from './fuse-filter.ts';

export const OFFLINE_FORMAT = 'yikatong-offline-list-1';

type Common = {
  /** Number of the set of invalid lists that it shows, and of the one that its base shows. */
  readonly setNo: number;
  readonly baseSetNo: number;
  /** Cards that are listed. */
  readonly entries: number;
  /** ms */
  readonly madeAt: number;
  /** Tells that a key belongs to the file: the first bytes of its SHA-256, hex. */
  readonly hashKeyCheck: string;
  readonly keyId: string;
  readonly algorithm: 'ed25519' | 'sm2';
};

export type OfflineHeader = Common &
  (
    | ({ readonly kind: 'base' } & Omit<FuseFilter, 'cells'>)
    | { readonly kind: 'delta'; readonly added: number; readonly removed: number }
  );

export type OfflineFile = {
  readonly header: OfflineHeader;
  readonly body: Uint8Array;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** SHA-256 of the whole file, hex. */
  readonly hash: string;
};

const LENGTH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const HEADER_BYTES_MAX = 4_096;
const CHECK_BYTES = 4;

/** Header and body as they are signed. */
export function unsignedOffline(header: OfflineHeader, body: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify({ format: OFFLINE_FORMAT, ...header }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, body]);
}

/** What is signed of these bytes. It begins as no other signed text does. */
export function signedOffline(unsigned: Uint8Array): Uint8Array {
  return Buffer.from(`${OFFLINE_FORMAT}\n${toHex(sha256(unsigned))}`, 'latin1');
}

/** @returns undefined when the bytes are no such file; the signature is the caller's to check */
export function readOffline(bytes: Uint8Array): OfflineFile | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.length < LENGTH_BYTES + SIGNATURE_BYTES) return undefined;
  const start = LENGTH_BYTES + file.readUInt32LE();
  const end = file.length - SIGNATURE_BYTES;
  if (start - LENGTH_BYTES > HEADER_BYTES_MAX || start > end) return undefined;
  const header = readHeader(file.toString('utf8', LENGTH_BYTES, start));
  const body = file.subarray(start, end);
  if (header === undefined || !fits(header, body)) return undefined;
  return {
    ...{ header, body, signed: signedOffline(file.subarray(0, end)) },
    ...{ signature: file.subarray(end), hash: toHex(sha256(file)) },
  };
}

/** First bytes of the SHA-256 of a hash key, hex. */
export function hashKeyCheck(key: Uint8Array): string {
  return toHex(sha256(key).subarray(0, CHECK_BYTES));
}

/** Bytes of a change in a delta. */
export const CHANGE_BYTES = 8;

function fits(header: OfflineHeader, body: Uint8Array): boolean {
  if (header.kind === 'delta')
    return body.length === CHANGE_BYTES * (header.added + header.removed);
  const { segmentLength, startLength } = header;
  if (body.length === 0) return header.entries === 0;
  return body.length === Math.ceil(((startLength + 2 * segmentLength) * 3) / 2) + 1;
}

const counts = {
  base: ['segmentLength', 'startLength', 'seed'],
  delta: ['added', 'removed'],
} as const;

function readHeader(text: string): OfflineHeader | undefined {
  let read: Readonly<Record<string, unknown>>;
  try {
    read = { ...(JSON.parse(text) as object) };
  } catch {
    return undefined;
  }
  const { format, kind, hashKeyCheck: check, keyId, algorithm } = read;
  if (format !== OFFLINE_FORMAT || (kind !== 'base' && kind !== 'delta')) return undefined;
  const names = ['setNo', 'baseSetNo', 'entries', 'madeAt', ...counts[kind]];
  const areCounts = names.every((name) => isCount(read[name]));
  const areTexts = typeof check === 'string' && typeof keyId === 'string';
  if (!areCounts || !areTexts || (algorithm !== 'ed25519' && algorithm !== 'sm2')) return undefined;
  return read as OfflineHeader;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
