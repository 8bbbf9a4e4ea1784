import { type CipherAlgorithm, decryptBlocks, kcv } from '../../engine/base/crypto/block-cipher.ts';
import { equalBytes, fromHex } from '../../engine/base/crypto/bytes.ts';

/**
 * A session key (16 bytes) out of its wrapped form: 16 bytes under `masterKey`, then 4 bytes of check value
 * (some banks write 3), hex. Undefined when the check value is wrong: another master key, or a damaged text.
 */
export function unwrapKey(options: {
  readonly algorithm: CipherAlgorithm;
  readonly masterKey: Uint8Array;
  readonly wrapped: string;
}): Uint8Array | undefined {
  const { algorithm, masterKey, wrapped } = options;
  if (!/^([0-9A-Fa-f]{38}|[0-9A-Fa-f]{40})$/.test(wrapped)) return undefined;
  const bytes = fromHex(wrapped);
  const key = decryptBlocks(algorithm, masterKey, bytes.subarray(0, 16));
  const check = bytes.subarray(16);
  return equalBytes(kcv(algorithm, key, check.length), check) ? key : undefined;
}
