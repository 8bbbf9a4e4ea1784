/**
 * The bank host's keys, from its own configuration. The engine knows only the link key, a PIN pad only its
 * own.
 */
import { createHmac } from 'node:crypto';
import type { CipherAlgorithm } from '../../base/crypto/block-cipher.ts';
import { encryptBlocks, kcv } from '../../base/crypto/block-cipher.ts';
import { concatBytes, toHex } from '../../base/crypto/bytes.ts';

const CHECK_BYTES = 4;

export type BankHostKeys = {
  /** The issuer's master key (16 bytes), from which card keys are derived, and its cipher. */
  readonly issuerMasterKey: Uint8Array;
  readonly cardAlgorithm: CipherAlgorithm;
  /** Key of the PIN verifiers: the host stores no PIN. */
  readonly pinVerifierKey: Uint8Array;
  /** Enciphers MAC keys for the engine, 16 bytes, double-length DES. */
  readonly linkKey: Uint8Array;
  /** Enciphers PIN keys for the PIN pad of a terminal; undefined: no such terminal. */
  readonly pinPadKeyOf: (terminalId: string) => Uint8Array | undefined;
};

/** The verifier of a PIN, which the host stores, hex. */
export function pinVerifier(keys: BankHostKeys, pan: string, pin: string): string {
  return createHmac('sha256', keys.pinVerifierKey).update(`${pan}|${pin}`).digest('hex');
}

/** A work key in the form of the 0810: enciphered, with a check value of 4 bytes; hex. */
export function wrapWorkKey(masterKey: Uint8Array, workKey: Uint8Array): string {
  const wrapped = encryptBlocks('3des', masterKey, workKey);
  return toHex(concatBytes(wrapped, kcv('3des', workKey, CHECK_BYTES)));
}
