/**
 * The link key, under which the host sends MAC keys: the engine's only bank key. PIN keys are enciphered
 * under the PIN pad's key, which the engine does not have.
 */

import type { CipherAlgorithm } from '../../base/crypto/block-cipher.ts';
import { decryptBlocks, kcv } from '../../base/crypto/block-cipher.ts';
import { equalBytes, fromHex } from '../../base/crypto/bytes.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, invariant, ok } from '../../base/errors/result.ts';
import type { MacKey } from './wire/mac.ts';

const KEY_BYTES = 16;

/** Opens MAC keys. A hardware module can implement it. */
export type BankLinkKeys = {
  /** `blob`: the enciphered key and its check value of 3 or 4 bytes, hex. Fails when that is wrong. */
  unwrapMacKey(blob: string): Result<MacKey, 'malformed'>;
};

/** Opens MAC keys with a link key in memory. `linkKey`: 16 bytes. */
export function createLinkKeys(options: {
  readonly algorithm: CipherAlgorithm;
  readonly linkKey: Uint8Array;
}): BankLinkKeys {
  const { algorithm, linkKey } = options;
  invariant(linkKey.length === KEY_BYTES, 'a link key has 16 bytes');
  return {
    unwrapMacKey(blob) {
      if (!/^([0-9A-Fa-f]{38}|[0-9A-Fa-f]{40})$/.test(blob)) return fail('malformed');
      const bytes = fromHex(blob);
      const key = decryptBlocks(algorithm, linkKey, bytes.subarray(0, KEY_BYTES));
      const check = kcv(algorithm, key, bytes.length - KEY_BYTES);
      return equalBytes(check, bytes.subarray(KEY_BYTES))
        ? ok({ algorithm, key })
        : fail('malformed');
    },
  };
}
