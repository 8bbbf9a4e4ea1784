/**
 * Work keys that a UnionPay host sends at sign-in (field 62 of the 0810): PIN key, MAC key and
 * sometimes a track key, each enciphered under the terminal master key and followed by its check
 * value.
 */

import type { Result } from '../errors/result.ts';
import { fail, invariant, ok } from '../errors/result.ts';
import { type CipherAlgorithm, decryptBlocks, encryptBlocks, kcv } from './block-cipher.ts';
import { concatBytes, equalBytes } from './bytes.ts';

const KEY_BYTES = 16;

export type WorkKeys = {
  /** PIN work key, 16 bytes. */
  readonly pik: Uint8Array;
  /** MAC work key, 16 bytes. */
  readonly mak: Uint8Array;
  /** Track data key, only when the host sends three. */
  readonly tdk: Uint8Array | undefined;
};

/** The wrong part of the field. The terminal refuses the whole field and stays signed off. */
export type WorkKeysError =
  | 'WORK_KEYS_SIZE'
  | 'WORK_KEYS_PIK_CHECK'
  | 'WORK_KEYS_MAK_CHECK'
  | 'WORK_KEYS_TDK_CHECK';

/** Layout of the field: check values have 4 bytes with double DES (network code 003), 3 with SM4 (005). */
export type WorkKeyLayout = {
  readonly algorithm: CipherAlgorithm;
  readonly masterKey: Uint8Array;
  readonly kcvBytes: 3 | 4;
};

/** Builds field 62, the host's side. */
export function wrapWorkKeys(layout: WorkKeyLayout, keys: WorkKeys): Uint8Array {
  const sent = keys.tdk === undefined ? [keys.pik, keys.mak] : [keys.pik, keys.mak, keys.tdk];
  return concatBytes(
    ...sent.flatMap((key) => {
      invariant(key.length === KEY_BYTES, 'a work key has 16 bytes');
      return [
        encryptBlocks(layout.algorithm, layout.masterKey, key),
        kcv(layout.algorithm, key, layout.kcvBytes),
      ];
    }),
  );
}

function unwrapOne(layout: WorkKeyLayout, part: Uint8Array): Uint8Array | undefined {
  const key = decryptBlocks(layout.algorithm, layout.masterKey, part.subarray(0, KEY_BYTES));
  const check = kcv(layout.algorithm, key, layout.kcvBytes);
  return equalBytes(check, part.subarray(KEY_BYTES)) ? key : undefined;
}

/**
 * Reads field 62, the terminal's side: two or three keys, each only if its check value is right.
 */
export function unwrapWorkKeys(
  layout: WorkKeyLayout,
  field62: Uint8Array,
): Result<WorkKeys, WorkKeysError> {
  const partBytes = KEY_BYTES + layout.kcvBytes;
  const count = field62.length / partBytes;
  if (count !== 2 && count !== 3) return fail('WORK_KEYS_SIZE');
  const part = (index: number) => field62.subarray(index * partBytes, (index + 1) * partBytes);
  const pik = unwrapOne(layout, part(0));
  if (pik === undefined) return fail('WORK_KEYS_PIK_CHECK');
  const mak = unwrapOne(layout, part(1));
  if (mak === undefined) return fail('WORK_KEYS_MAK_CHECK');
  if (count === 2) return ok({ pik, mak, tdk: undefined });
  const tdk = unwrapOne(layout, part(2));
  return tdk === undefined ? fail('WORK_KEYS_TDK_CHECK') : ok({ pik, mak, tdk });
}
