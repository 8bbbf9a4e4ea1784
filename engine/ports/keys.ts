import type { Result } from '../base/errors/result.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { ChipAlgorithm } from '../domain/card/card.ts';

/**
 * The engine's keystore: all use of secret keys happens behind it, so a hardware module can stand
 * here. It holds social-security keys only; the bank's keys live with the bank.
 */
export type Keys = {
  /** HMAC-SM3 over a challenge token's content. */
  challengeMac(content: Uint8Array): Uint8Array;
  /** Is `cryptogram` (8 bytes) what the genuine chip of this card answers to factor and source (8 bytes each)? */
  verifyChip(proof: {
    readonly algorithm: ChipAlgorithm;
    readonly cardId: CardId;
    readonly factor: Uint8Array;
    readonly source: Uint8Array;
    readonly cryptogram: Uint8Array;
  }): boolean;
  /** Decrypts the medical PIN block (16 bytes) under the terminal's session PIN key, and gives the keyed verifier, hex. The PIN does not leave. */
  pinVerifier(entry: {
    readonly sealedPinKey: string;
    readonly pinBlock: Uint8Array;
    readonly cardId: CardId;
  }): Result<string, 'malformed'>;
  /** New session keys of a terminal: sealed for our own store, and wrapped under the terminal's master key. */
  newTerminalSession(sealedMasterKey: string): TerminalSession;
  /** HMAC-SM3 under a terminal's session MAC key. */
  sessionMac(sealedMacKey: string, data: Uint8Array): Uint8Array;
  /** Ed25519 signature of an answer (the transaction certificate) and the id of its key. */
  signAnswer(data: Uint8Array): Uint8Array;
  readonly answerKeyId: string;
  /** Public key of `answerKeyId`, SPKI DER as base64. */
  readonly answerPublicKey: string;
  /** Authenticated encryption for the engine's own store. */
  seal(plain: Uint8Array): string;
  /** Throws if the text was altered. */
  open(sealed: string): Uint8Array;
};

export type TerminalSession = {
  readonly sealedPinKey: string;
  readonly sealedMacKey: string;
  /** SM4 under the terminal master key, with a 4-byte key check value each; hex. */
  readonly wrappedPinKey: string;
  readonly wrappedMacKey: string;
};
