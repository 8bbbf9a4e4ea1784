/**
 * SM4 (GB/T 32907-2016) and triple DES on whole blocks, without padding. OpenSSL 3 has no single
 * DES outside its legacy provider, so an 8-byte key runs as K|K|K, which is the same permutation. A
 * key of a wrong size is a programming error and throws `InvariantViolation`.
 */
import type { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

import { invariant } from '../errors/result.ts';
import { concatBytes } from './bytes.ts';

/** The two cipher families that cards and bank hosts use. */
export type CipherAlgorithm = 'sm4' | '3des';

type CipherCall = {
  readonly name: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array | null;
};

// Keys are KeyObjects: with bytes Node 24 takes three times as long, mostly to check their type. Whole blocks
// without padding leave nothing for final().
function encipher({ name, key, iv }: CipherCall, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, createSecretKey(key), iv).setAutoPadding(false);
  return bytesOf(cipher.update(blocks));
}

function decipher({ name, key, iv }: CipherCall, blocks: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(name, createSecretKey(key), iv).setAutoPadding(false);
  return bytesOf(cipher.update(blocks));
}

/** Without a copy: what is derived may be a key, which its owner wipes. */
function bytesOf({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function checkBlocks(blocks: Uint8Array, size: number): void {
  invariant(blocks.length % size === 0, `data must be a multiple of ${size} bytes`);
}

function sm4Call(mode: 'ecb' | 'cbc', key: Uint8Array, blocks: Uint8Array): CipherCall {
  invariant(key.length === 16, 'an SM4 key has 16 bytes');
  checkBlocks(blocks, 16);
  return { name: `sm4-${mode}`, key, iv: mode === 'cbc' ? new Uint8Array(16) : null };
}

function desKey(key: Uint8Array): Uint8Array {
  invariant(
    key.length === 8 || key.length === 16 || key.length === 24,
    'a DES key has 8, 16 or 24 bytes',
  );
  if (key.length === 24) return key;
  return key.length === 16 ? concatBytes(key, key.subarray(0, 8)) : concatBytes(key, key, key);
}

function desCall(mode: 'ecb' | 'cbc', key: Uint8Array, blocks: Uint8Array): CipherCall {
  checkBlocks(blocks, 8);
  return {
    name: mode === 'ecb' ? 'des-ede3' : 'des-ede3-cbc',
    key: desKey(key),
    iv: mode === 'cbc' ? new Uint8Array(8) : null,
  };
}

/** SM4-ECB. `key` 16 bytes, `blocks` a multiple of 16 bytes. */
export function sm4Encrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return encipher(sm4Call('ecb', key, blocks), blocks);
}

/** Inverse of `sm4Encrypt`. */
export function sm4Decrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return decipher(sm4Call('ecb', key, blocks), blocks);
}

/** Triple DES in ECB. `key` 8 (single DES), 16 or 24 bytes, `blocks` a multiple of 8 bytes. */
export function tripleDesEncrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return encipher(desCall('ecb', key, blocks), blocks);
}

/** Inverse of `tripleDesEncrypt`. */
export function tripleDesDecrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  return decipher(desCall('ecb', key, blocks), blocks);
}

/** Bytes in one block of the cipher. */
export function blockSize(algorithm: CipherAlgorithm): 8 | 16 {
  return algorithm === 'sm4' ? 16 : 8;
}

/** ECB under either cipher. */
export function encryptBlocks(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
  blocks: Uint8Array,
): Uint8Array {
  return algorithm === 'sm4' ? sm4Encrypt(key, blocks) : tripleDesEncrypt(key, blocks);
}

/**
 * `encryptBlocks` for a key that is used often. ECB blocks are independent, so one context with its key
 * schedule serves all calls in a quarter of the time.
 */
export function keepEncryption(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
): (blocks: Uint8Array) => Uint8Array {
  const size = blockSize(algorithm);
  const noBlocks = new Uint8Array();
  const call = algorithm === 'sm4' ? sm4Call('ecb', key, noBlocks) : desCall('ecb', key, noBlocks);
  const cipher = createCipheriv(call.name, createSecretKey(call.key), null).setAutoPadding(false);
  return (blocks) => {
    checkBlocks(blocks, size);
    return bytesOf(cipher.update(blocks));
  };
}

/** Inverse of `encryptBlocks`. */
export function decryptBlocks(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
  blocks: Uint8Array,
): Uint8Array {
  return algorithm === 'sm4' ? sm4Decrypt(key, blocks) : tripleDesDecrypt(key, blocks);
}

/** Last 16-byte block of SM4-CBC with a zero IV; the caller has padded the data. */
export function sm4CbcMac(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  invariant(blocks.length > 0, 'a CBC-MAC needs at least one block');
  return encipher(sm4Call('cbc', key, blocks), blocks).slice(-16);
}

/** Last 8-byte block of (triple) DES-CBC with a zero IV; the caller has padded the data. */
export function desCbcMac(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  invariant(blocks.length > 0, 'a CBC-MAC needs at least one block');
  return encipher(desCall('cbc', key, blocks), blocks).slice(-8);
}

/** Key check value: the left `length` bytes of an enciphered zero block (3 or 4 are in use). */
export function kcv(algorithm: CipherAlgorithm, key: Uint8Array, length: number): Uint8Array {
  return encryptBlocks(algorithm, key, new Uint8Array(blockSize(algorithm))).slice(0, length);
}

/** Sets the lowest bit of every byte for odd parity, as DES keys need it. */
export function oddParity(key: Uint8Array): Uint8Array {
  const odd = new Uint8Array(key.length);
  for (let index = 0; index < key.length; index++) {
    const byte = key[index] ?? 0;
    let ones = 0;
    for (let rest = byte >> 1; rest > 0; rest >>= 1) ones += rest & 1;
    odd[index] = (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  }
  return odd;
}
