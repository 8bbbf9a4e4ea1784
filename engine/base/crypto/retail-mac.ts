/** ISO/IEC 9797-1 MAC algorithm 3 ("retail MAC", ANSI X9.19) on DES. */
import { invariant } from '../errors/result.ts';
import { desCbcMac, tripleDesDecrypt, tripleDesEncrypt } from './block-cipher.ts';
import { concatBytes, pad80, zeroPad } from './bytes.ts';

/** Padding method of ISO/IEC 9797-1: 1 zeros, 2 80 and zeros, 3 bit length in front and zeros. */
export type MacPadding = 1 | 2 | 3;

function padForMac(data: Uint8Array, padding: MacPadding): Uint8Array {
  if (padding === 2) return pad80(data, 8);
  const padded = zeroPad(data, 8);
  if (padding === 3) {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(data.length) * 8n);
    return concatBytes(length, padded);
  }
  // For empty data under padding 1 implementations differ; the 2011 text means one zero block.
  return padded.length === 0 ? new Uint8Array(8) : padded;
}

/**
 * Eight-byte MAC: DES-CBC under the left half, the last block deciphered under the right half and
 * enciphered again under the left. `key` is 16 bytes; 32 bytes mean two double-length halves.
 */
export function retailMac(options: {
  key: Uint8Array;
  data: Uint8Array;
  padding: MacPadding;
}): Uint8Array {
  const { key, data, padding } = options;
  invariant(key.length === 16 || key.length === 32, 'a retail MAC key has 16 or 32 bytes');
  const left = key.subarray(0, key.length / 2);
  const right = key.subarray(key.length / 2);
  const last = desCbcMac(left, padForMac(data, padding));
  return tripleDesEncrypt(left, tripleDesDecrypt(right, last));
}
