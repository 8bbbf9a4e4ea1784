/** Field 64 of a UnionPay POS message: the "ECB" MAC of Q/CUP 009. */
import { blockSize, type CipherAlgorithm, encryptBlocks } from './block-cipher.ts';
import { concatBytes, toHex, xorBytes, zeroPad } from './bytes.ts';

/**
 * The eight ASCII bytes of field 64 over `data` (message type to field 63). All blocks are xored
 * (zero filled, an exact multiple is not padded); the result as upper-case hex is enciphered in two
 * halves, chained; the first eight hex *characters* are the MAC. `key` is the MAC work key: 8 bytes
 * (single DES), 16 or 24 for `3des`, 16 for `sm4`. Source: alon0808/ProjectAfcApp qpboc_8583.c.
 */
export function unionPayMac(options: {
  algorithm: CipherAlgorithm;
  key: Uint8Array;
  data: Uint8Array;
}): Uint8Array {
  const { algorithm, key } = options;
  const size = blockSize(algorithm);
  const data = zeroPad(options.data, size);
  let folded: Uint8Array = new Uint8Array(size);
  for (let start = 0; start < data.length; start += size) {
    folded = xorBytes(folded, data.subarray(start, start + size));
  }
  const text = Buffer.from(toHex(folded), 'latin1');
  const first = encryptBlocks(algorithm, key, text.subarray(0, size));
  const second = encryptBlocks(algorithm, key, xorBytes(first, text.subarray(size)));
  return concatBytes(Buffer.from(toHex(second).slice(0, 8), 'latin1'));
}
