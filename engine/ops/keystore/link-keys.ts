/**
 * The link key, under which the host sends MAC keys: the engine's only bank key. PIN keys are enciphered
 * under the PIN pad's key, which the engine does not have.
 */
import type { CipherAlgorithm } from '../../base/crypto/block-cipher.ts';
import { decryptBlocks, kcv } from '../../base/crypto/block-cipher.ts';
import { equalBytes, fromHex } from '../../base/crypto/bytes.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, invariant, ok } from '../../base/errors/result.ts';
import type { BankLinkKeys, MacKey } from '../../ports/keys.ts';

const KEY_BYTES = 16;

/** Opens MAC keys with a link key in memory. `linkKey`: 16 bytes; it is taken over, and wiped at the end. */
export function createLinkKeys(options: {
  readonly algorithm: CipherAlgorithm;
  readonly linkKey: Uint8Array;
}): BankLinkKeys {
  const { algorithm, linkKey } = options;
  invariant(linkKey.length === KEY_BYTES, 'a link key has 16 bytes');
  return {
    async unwrapMacKey(blob) {
      const parts = readKeyBlob(blob);
      if (parts === undefined) return fail('malformed');
      const key = decryptBlocks(algorithm, linkKey, parts.enciphered);
      return checkMacKey({ algorithm, key }, parts.checkValue);
    },
    async close() {
      linkKey.fill(0);
    },
  };
}

/** The enciphered key and its check value, or undefined when the text is not of that form. */
export function readKeyBlob(
  blob: string,
): { readonly enciphered: Uint8Array; readonly checkValue: Uint8Array } | undefined {
  if (!/^([0-9A-Fa-f]{38}|[0-9A-Fa-f]{40})$/.test(blob)) return undefined;
  const bytes = fromHex(blob);
  return { enciphered: bytes.subarray(0, KEY_BYTES), checkValue: bytes.subarray(KEY_BYTES) };
}

/** The key, if its check value is the right one; otherwise it is wiped. */
export function checkMacKey(macKey: MacKey, checkValue: Uint8Array): Result<MacKey, 'malformed'> {
  const { algorithm, key } = macKey;
  if (equalBytes(kcv(algorithm, key, checkValue.length), checkValue)) return ok(macKey);
  key.fill(0);
  return fail('malformed');
}
