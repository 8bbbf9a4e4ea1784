/**
 * The bank host's keys. They come in its own configuration; the engine knows the link key alone,
 * the PIN pad its own key alone.
 */
import { createHmac } from 'node:crypto';
import type { CipherAlgorithm } from '../../base/crypto/block-cipher.ts';
import { encryptBlocks, kcv } from '../../base/crypto/block-cipher.ts';
import { concatBytes, toHex } from '../../base/crypto/bytes.ts';

const CHECK_BYTES = 4;

export type BankHostKeys = {
  /** The issuer's master key (16 bytes), from which each card's key is derived, and its cipher. */
  readonly issuerMasterKey: Uint8Array;
  readonly cardAlgorithm: CipherAlgorithm;
  /** Keys the PIN verifiers: the host stores no PIN. */
  readonly pinVerifierKey: Uint8Array;
  /** Carries MAC keys to the engine, 16 bytes, double-length DES. */
  readonly linkKey: Uint8Array;
  /** Carries PIN keys to the PIN pad of this terminal; undefined: no such terminal. */
  readonly pinPadKeyOf: (terminalId: string) => Uint8Array | undefined;
};

/** What the host keeps of a PIN, hex. */
export function pinVerifier(keys: BankHostKeys, pan: string, pin: string): string {
  return createHmac('sha256', keys.pinVerifierKey).update(`${pan}|${pin}`).digest('hex');
}

/** A work key as the 0810 carries it: enciphered, then 4 bytes of check value; hex. */
export function wrapWorkKey(masterKey: Uint8Array, workKey: Uint8Array): string {
  const wrapped = encryptBlocks('3des', masterKey, workKey);
  return toHex(concatBytes(wrapped, kcv('3des', workKey, CHECK_BYTES)));
}
