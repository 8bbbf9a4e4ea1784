import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { kcv, oddParity } from '../../base/crypto/block-cipher.ts';
import { toHex } from '../../base/crypto/bytes.ts';
import { hmacSm3, sm3 } from '../../base/crypto/sm3.ts';

/** What a key is for, which says its length and how its check value is made. */
export type KeyKind = 'sm4' | '3des' | 'hmac-sm3' | 'ed25519';

/** Keys of the social-security domain (社保密钥域). A keystore has each of them, in one or more versions. */
export const socialSecurityKeys = {
  /** National master of cards of specification 3 and later. */
  cardMasterSm4: 'sm4',
  /** … of older cards. */
  cardMaster3des: '3des',
  /** Of the medical PIN's verifiers. */
  pinVerifier: 'hmac-sm3',
  challenge: 'hmac-sm3',
  /** What the engine seals for its store. */
  storageCipher: 'sm4',
  storageMac: 'hmac-sm3',
  /** Signs answers. */
  answer: 'ed25519',
} as const satisfies Readonly<Record<string, KeyKind>>;

/** Keys of the financial domain (金融密钥域): the engine's side of the bank's link. */
export const financialKeys = {
  linkKey: '3des',
} as const satisfies Readonly<Record<string, KeyKind>>;

const HMAC_KEY_BYTES = 32;
const BLOCK_KEY_BYTES = 16;
const CHECK_VALUE_BYTES = 3;

/** A new random key: 16 bytes for a cipher, 32 for HMAC, PKCS#8 DER for Ed25519. */
export function newKey(kind: KeyKind): Uint8Array {
  switch (kind) {
    case 'sm4':
      return randomBytes(BLOCK_KEY_BYTES);
    case '3des':
      return oddParity(randomBytes(BLOCK_KEY_BYTES));
    case 'hmac-sm3':
      return randomBytes(HMAC_KEY_BYTES);
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  }
}

/** Length in bytes; undefined where an encoding has more than one. */
export function keyBytes(kind: KeyKind): number | undefined {
  if (kind === 'ed25519') return undefined;
  return kind === 'hmac-sm3' ? HMAC_KEY_BYTES : BLOCK_KEY_BYTES;
}

/**
 * Key check value (校验值), six hex digits: of a cipher the enciphered zero block, of an HMAC key the HMAC of a
 * zero byte, of a key pair the hash of the public key (SPKI), each cut to three bytes.
 * @param key of a key pair the public key
 */
export function checkValueOf(kind: KeyKind, key: Uint8Array): string {
  const bytes = {
    sm4: () => kcv('sm4', key, CHECK_VALUE_BYTES),
    '3des': () => kcv('3des', key, CHECK_VALUE_BYTES),
    'hmac-sm3': () => hmacSm3(key, new Uint8Array(1)),
    ed25519: () => sm3(key),
  }[kind]();
  return toHex(bytes.subarray(0, CHECK_VALUE_BYTES));
}
