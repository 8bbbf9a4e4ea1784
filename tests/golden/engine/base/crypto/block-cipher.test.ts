// SM4 must reproduce GB/T 32907 and the Ribose draft, the million-fold iteration included.
import { describe, expect, test } from 'vitest';

import {
  desCbcMac,
  sm4CbcMac,
  sm4Decrypt,
  sm4Encrypt,
} from '../../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex, zeroPad } from '../../../../../engine/base/crypto/bytes.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

type Ecb = { key: string; plain: string; iterations?: number };

describe('SM4-ECB', () => {
  test.each(loadVectors<Ecb, { cipher: string }>('sm4-ecb'))('$id', ({ inputs, expected }) => {
    const key = fromHex(inputs.key);
    const plain = fromHex(inputs.plain);
    if (inputs.iterations === undefined) {
      expect(toHex(sm4Encrypt(key, plain))).toBe(expected.cipher);
      expect(toHex(sm4Decrypt(key, fromHex(expected.cipher)))).toBe(inputs.plain);
      return;
    }
    // CBC over zero blocks after one real block enciphers each result again, in one call of the
    // cipher.
    const chain = new Uint8Array(16 * inputs.iterations);
    chain.set(plain);
    expect(toHex(sm4CbcMac(key, chain))).toBe(expected.cipher);
  });
});

describe('CBC-MAC of the UnionPay switch (zero IV, zero padding, left 8 bytes)', () => {
  test.each(loadVectors<{ key: string; data: string }, { mac: string }>('cup-switch-mac'))(
    '$id',
    ({ inputs, expected, note }) => {
      const mac = note.includes('SM4')
        ? sm4CbcMac(fromHex(inputs.key), zeroPad(fromHex(inputs.data), 16)).slice(0, 8)
        : desCbcMac(fromHex(inputs.key), zeroPad(fromHex(inputs.data), 8));
      expect(toHex(mac)).toBe(expected.mac);
    },
  );
});
