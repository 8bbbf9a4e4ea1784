import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { concatBytes, equalBytes, toHex } from '../../base/crypto/bytes.ts';
import { hmacSm3 } from '../../base/crypto/sm3.ts';
import { invariant } from '../../base/errors/result.ts';
import {
  type KeyCheck,
  keyVersionOf,
  type PersonalColumn,
  type PersonalData,
} from '../../ports/personal-data.ts';

/** What every keystore opens for personal data: 32 bytes each. They are wiped once the keys are made. */
export type PersonalDataSecrets = {
  /** A secret for each version, at least one; further versions stand in the database, sealed. */
  readonly sealing: ReadonlyMap<number, Uint8Array>;
  /** Never changes: whatever is found by its hash would no longer be found. */
  readonly hashing: Uint8Array;
};

/** Seals keys for the database. */
export type KeyWrapping = {
  seal(plain: Uint8Array): string;
  /** Throws if the text was altered, or sealed by another keystore. */
  open(sealed: string): Uint8Array;
};

const IV_BYTES = 16;
const MAC_BYTES = 16;
const HASH_BYTES = 16;
const CHECK_BYTES = 8;
const SECRET_BYTES = 32;

type SealingKey = { readonly cipherKey: KeyObject; readonly macKey: KeyObject };

/**
 * Personal data under keys that are held in memory: SM4-CTR, then HMAC-SM3 over key version, column, IV and
 * ciphertext (Node has no SM4-GCM); keyed hashes are HMAC-SM3 over kind and text. MAC and hash are cut to 128
 * bits.
 */
export function createPersonalData(
  secrets: PersonalDataSecrets,
  wrapping: KeyWrapping,
): PersonalData {
  const keys = new Map<number, SealingKey>();
  const checks: KeyCheck[] = [checkOf('hash', secrets.hashing)];
  const hashKey = derive(secrets.hashing, 'hash');
  secrets.hashing.fill(0);
  let newest = 0;
  const take = (version: number, secret: Uint8Array): void => {
    keys.set(version, sealingKeyOf(secret));
    checks.push(checkOf(nameOf(version), secret));
    secret.fill(0);
    newest = Math.max(newest, version);
  };
  for (const [version, secret] of secrets.sealing) take(version, secret);
  const keyOf = (version: number | undefined): SealingKey => {
    const key = version === undefined ? undefined : keys.get(version);
    invariant(key !== undefined, 'personal data is sealed under a key that is not here');
    return key;
  };
  return {
    get keyVersion() {
      return newest;
    },
    checks,
    seal: (column, text) => `${newest}.${seal(keyOf(newest), labelOf(newest, column), text)}`,
    open: (column, sealed) => {
      const version = keyVersionOf(sealed);
      const content = sealed.slice(sealed.indexOf('.') + 1);
      return open(keyOf(version), labelOf(version ?? 0, column), content);
    },
    keyedHash: (kind, text) => hashOf(hashKey, `${kind}|${text}`),
    newKey: () => {
      const secret = randomBytes(SECRET_BYTES);
      const key = { ...checkOf(nameOf(newest + 1), secret), sealedKey: wrapping.seal(secret) };
      secret.fill(0);
      return key;
    },
    takeKey: (name, sealedKey) => {
      const version = versionOf(name);
      if (!keys.has(version)) take(version, wrapping.open(sealedKey));
    },
  };
}

const NAME = 'seal-';

function nameOf(version: number): string {
  return `${NAME}${version}`;
}

function versionOf(name: string): number {
  const version = Number(name.slice(NAME.length));
  invariant(name.startsWith(NAME) && version > 0, 'not the name of a sealing key');
  return version;
}

function hashOf(key: KeyObject, text: string): string {
  return createHmac('sm3', key).update(text).digest().subarray(0, HASH_BYTES).toString('base64url');
}

function sealingKeyOf(secret: Uint8Array): SealingKey {
  const cipherKey = hmacSm3(secret, Buffer.from('cipher')).subarray(0, 16);
  return { cipherKey: createSecretKey(cipherKey), macKey: derive(secret, 'mac') };
}

function derive(secret: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(hmacSm3(secret, Buffer.from(purpose)));
}

/** Derived from the secret as a key is, and used as none. */
function checkOf(key: string, secret: Uint8Array): KeyCheck {
  return { key, value: toHex(hmacSm3(secret, Buffer.from('check')).subarray(0, CHECK_BYTES)) };
}

function labelOf(version: number, column: PersonalColumn): string {
  return `${version}|${column}|`;
}

function seal({ cipherKey, macKey }: SealingKey, label: string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('sm4-ctr', cipherKey, iv);
  const content = concatBytes(iv, cipher.update(text, 'utf8'), cipher.final());
  const sealed = concatBytes(content, macOf(macKey, label, content));
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).toString('base64url');
}

function open({ cipherKey, macKey }: SealingKey, label: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  invariant(bytes.length >= IV_BYTES + MAC_BYTES, 'a sealed text is too short');
  const content = bytes.subarray(0, -MAC_BYTES);
  const isIntact = equalBytes(macOf(macKey, label, content), bytes.subarray(-MAC_BYTES));
  invariant(isIntact, 'a sealed text was altered, or sealed for another column or by other keys');
  const decipher = createDecipheriv('sm4-ctr', cipherKey, content.subarray(0, IV_BYTES));
  return decipher.update(content.subarray(IV_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function macOf(macKey: KeyObject, label: string, content: Uint8Array): Uint8Array {
  return createHmac('sm3', macKey).update(label).update(content).digest().subarray(0, MAC_BYTES);
}
