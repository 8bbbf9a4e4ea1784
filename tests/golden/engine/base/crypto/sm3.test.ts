// SM3 and HMAC-SM3 must give the digests of GB/T 32905 and of other implementations.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { hmacSm3, sm3 } from '../../../../../engine/base/crypto/sm3.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

describe('SM3', () => {
  test.each(loadVectors<{ data: string }, { digest: string }>('sm3'))(
    '$id',
    ({ inputs, expected }) => {
      expect(toHex(sm3(fromHex(inputs.data)))).toBe(expected.digest);
    },
  );
});

describe('HMAC-SM3', () => {
  test.each(loadVectors<{ key: string; data: string }, { mac: string }>('hmac-sm3'))(
    '$id',
    ({ inputs, expected }) => {
      expect(toHex(hmacSm3(fromHex(inputs.key), fromHex(inputs.data)))).toBe(expected.mac);
    },
  );
});
