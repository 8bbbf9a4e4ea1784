import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
} from 'node:crypto';
import { concatBytes, equalBytes } from '../../base/crypto/bytes.ts';
import { invariant } from '../../base/errors/result.ts';

/** Purpose of a sealed text; it cannot be opened for another purpose. */
export type Purpose =
  | 'store'
  | 'session-pin-key'
  | 'session-mac-key'
  | 'keystore'
  | 'personal-data-key';

/** Seals what the engine keeps in its store. */
export type Storage = {
  seal(purpose: Purpose, plain: Uint8Array): string;
  /** Throws if the text was altered, or sealed for another purpose or by other keys. */
  open(purpose: Purpose, sealed: string): Uint8Array;
};

const MAC_BYTES = 32;
const IV_BYTES = 16;

/**
 * Encrypt-then-MAC over purpose, IV and ciphertext. Node has SM4-CTR but no SM4-GCM.
 * @param keys `cipherKey` 16 bytes, `macKey` 32; they may be wiped afterwards
 */
export function openStorage(keys: {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
}): Storage {
  const cipherKey = createSecretKey(keys.cipherKey);
  const macKey = createSecretKey(keys.macKey);
  const mac = (purpose: Purpose, content: Uint8Array) =>
    hmac(macKey, concatBytes(Buffer.from(`${purpose}|`, 'latin1'), content));
  return {
    seal: (purpose, plain) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('sm4-ctr', cipherKey, iv);
      const content = concatBytes(iv, cipher.update(plain), cipher.final());
      return Buffer.from(concatBytes(content, mac(purpose, content))).toString('base64url');
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      invariant(bytes.length >= IV_BYTES + MAC_BYTES, 'a sealed text is too short');
      const content = bytes.subarray(0, -MAC_BYTES);
      const isIntact = equalBytes(mac(purpose, content), bytes.subarray(-MAC_BYTES));
      invariant(
        isIntact,
        'a sealed text was altered, or sealed for another purpose or by other keys',
      );
      const decipher = createDecipheriv('sm4-ctr', cipherKey, content.subarray(0, IV_BYTES));
      return concatBytes(decipher.update(content.subarray(IV_BYTES)), decipher.final());
    },
  };
}

/** HMAC-SM3 with a KeyObject: a third of the time that a key from bytes takes. */
export function hmac(key: KeyObject, data: Uint8Array): Uint8Array {
  return createHmac('sm3', key).update(data).digest();
}
