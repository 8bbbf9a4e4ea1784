// PIN blocks of formats 0 and 4. The published format 4 values use AES: they prove the layout,
// which is the same under SM4.
import { createCipheriv, createDecipheriv } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  accountField4,
  type BlockCipher,
  decodePinBlock0,
  decodePinBlock4,
  encodePinBlock0,
  encodePinBlock4,
} from '../../../../../engine/base/crypto/pin-block.ts';
import { loadVectors } from '../../../vectors/load-vectors.ts';

function aesCipher(key: Uint8Array): BlockCipher {
  return {
    encrypt: (block) =>
      createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
    decrypt: (block) =>
      createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  };
}

describe('format 0', () => {
  test.each(loadVectors<{ pin: string; pan: string }, { block: string }>('pinblock-0'))(
    '$id',
    ({ inputs, expected }) => {
      expect(toHex(encodePinBlock0(inputs))).toBe(expected.block);
      expect(decodePinBlock0({ block: fromHex(expected.block), pan: inputs.pan })).toEqual({
        ok: true,
        value: inputs.pin,
      });
    },
  );
});

type Format4 = { pan: string; key?: string; pin?: string; random?: string };

describe('format 4', () => {
  test.each(loadVectors<Format4, { panField?: string; block?: string }>('pinblock-4'))(
    '$id',
    ({ inputs, expected }) => {
      const { pan, key, pin, random } = inputs;
      if (
        key === undefined ||
        pin === undefined ||
        random === undefined ||
        expected.block === undefined
      ) {
        expect(toHex(accountField4(pan))).toBe(expected.panField);
        return;
      }
      const cipher = aesCipher(fromHex(key));
      expect(toHex(encodePinBlock4({ pin, pan, random: fromHex(random), cipher }))).toBe(
        expected.block,
      );
      expect(decodePinBlock4({ block: fromHex(expected.block), pan, cipher })).toEqual({
        ok: true,
        value: pin,
      });
    },
  );
});
