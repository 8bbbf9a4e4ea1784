import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { concatBytes, fromHex, toHex } from '../../base/crypto/bytes.ts';
import { hmacSm3 } from '../../base/crypto/sm3.ts';
import { readJsonDocument } from '../../base/json/json-document.ts';
import { StartupError, systemCode, toStartupError } from '../startup-error.ts';
import type { KeyDomain } from './key-cabinet.ts';
import { openStorage } from './sealed-text.ts';
import type { KeySet } from './software-cabinet.ts';

/**
 * A file of keys that is sealed under a master. The master is in two shares (分量), both needed, which are
 * given at the start and kept nowhere by the engine: a copy of the machine's disk opens nothing.
 */

/** 32 bytes each; the master is their exclusive or. They are wiped once the file is open. */
export type Shares = readonly [Uint8Array, Uint8Array];

type Document = {
  readonly format: string;
  readonly domain: KeyDomain;
  /** Check values of both shares, six hex digits each: they say which share is wrong. */
  readonly shareChecks: readonly [string, string];
  /** Hex; new at every change. */
  readonly salt: string;
  readonly sealed: string;
};

const FORMAT = 'yikatong-sealed-keys-1';
export const SHARE_BYTES = 32;
const SALT_BYTES = 16;
const LENGTH_BYTES = 2;

/** Six hex digits that tell a custodian that a share is the one that was handed over (校验值). */
export function shareCheckOf(share: Uint8Array): string {
  return toHex(hmacSm3(share, Buffer.from('share')).subarray(0, 3));
}

/** Writes the sealed file: complete or not at all. @throws StartupError when the folder cannot be written */
export function writeSealedFile(
  path: string,
  domain: KeyDomain,
  shares: Shares,
  keys: KeySet,
): void {
  const salt = randomBytes(SALT_BYTES);
  const plain = encode(keys);
  const document: Document = {
    ...{ format: FORMAT, domain, salt: toHex(salt) },
    shareChecks: [shareCheckOf(shares[0]), shareCheckOf(shares[1])],
    sealed: storageOf(domain, shares, salt).seal('keystore', plain),
  };
  plain.fill(0);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const options = { mode: 0o600, flag: 'wx', flush: true };
    writeFileSync(temporary, `${JSON.stringify(document, null, 2)}\n`, options);
    renameSync(temporary, path);
  } catch (error) {
    throw toStartupError(error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Opens the sealed file.
 * @throws StartupError: it is missing or damaged, or a share is wrong (and which)
 */
export function readSealedFile(path: string, domain: KeyDomain, shares: Shares): KeySet {
  const document = readDocument(path, domain);
  const wrong = [0, 1].filter(
    (at) => shareCheckOf(shares[at as 0 | 1]) !== document.shareChecks[at],
  );
  if (wrong.length > 0) throw wrongShares(domain, wrong);
  const storage = storageOf(domain, shares, fromHex(document.salt));
  try {
    const plain = storage.open('keystore', document.sealed);
    const keys = decode(plain);
    plain.fill(0);
    return keys;
  } catch {
    throw notSealed(path);
  }
}

/** The check values of the shares that open a file. @throws StartupError as `readSealedFile` */
export function shareChecksOf(path: string, domain: KeyDomain): readonly [string, string] {
  return readDocument(path, domain).shareChecks;
}

function storageOf(domain: KeyDomain, [one, two]: Shares, salt: Uint8Array) {
  const master = Uint8Array.from(one, (byte, at) => byte ^ (two[at] ?? 0));
  const derive = (use: string) =>
    hmacSm3(master, concatBytes(salt, Buffer.from(`${FORMAT}|${domain}|${use}`)));
  const [cipherKey, macKey] = [derive('cipher'), derive('mac')];
  const storage = openStorage({ cipherKey: cipherKey.subarray(0, 16), macKey });
  for (const secret of [master, cipherKey, macKey]) secret.fill(0);
  return storage;
}

function readDocument(path: string, domain: KeyDomain): Document {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw toStartupError(error);
    throw new StartupError({
      code: 'KEYSTORE_KEY_MISSING',
      zh: `密钥文件 ${path} 不存在；请先执行 yikatong keystore init-sealed`,
      en: `There is no sealed key file ${path}; make it with yikatong keystore init-sealed`,
    });
  }
  const read = readJsonDocument(bytes);
  if (!read.ok || !isDocument(read.value, domain)) throw notSealed(path);
  return read.value;
}

function isDocument(value: unknown, domain: KeyDomain): value is Document {
  if (typeof value !== 'object' || value === null) return false;
  const { format, domain: own, shareChecks, salt, sealed } = value as Partial<Document>;
  const texts = [salt, sealed, ...(Array.isArray(shareChecks) ? shareChecks : [])];
  const isWhole = texts.length === 4 && texts.every((text) => typeof text === 'string');
  return format === FORMAT && own === domain && isWhole && /^([0-9A-F]{2})+$/.test(`${salt}`);
}

/** Each key: length and label, length and value. Bytes and no JSON: a text cannot be wiped. */
function encode(keys: KeySet): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [label, key] of keys) {
    for (const part of [Buffer.from(label), key]) {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(part.length);
      parts.push(length, part);
    }
  }
  return concatBytes(...parts);
}

function decode(plain: Uint8Array): KeySet {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.length);
  const keys: KeySet = new Map();
  let at = 0;
  const next = (): Uint8Array => {
    const length = bytes.readUInt16BE(at);
    at += LENGTH_BYTES + length;
    return Uint8Array.from(bytes.subarray(at - length, at));
  };
  while (at < bytes.length) {
    const label = Buffer.from(next()).toString('utf8');
    keys.set(label, next());
  }
  return keys;
}

function wrongShares(domain: KeyDomain, wrong: readonly number[]): StartupError {
  const numbers = wrong.map((at) => at + 1).join(', ');
  return new StartupError({
    code: 'KEYSTORE_SHARE_WRONG',
    zh: `密钥域 ${domain} 的分量 ${numbers} 不正确`,
    en: `Share ${numbers} of the key domain ${domain} is wrong`,
  });
}

function notSealed(path: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `密钥文件 ${path} 已损坏，或属于另一密钥域；请恢复备份`,
    en: `${path} is damaged, or of another key domain; restore its backup`,
  });
}
