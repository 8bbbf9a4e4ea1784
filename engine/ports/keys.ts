import type { Result } from '../base/errors/result.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { ChipAlgorithm } from '../domain/card/card.ts';
import type { PersonalData } from './personal-data.ts';

/**
 * The engine's keystore. Secret keys are used only behind it, so a hardware module can implement it. It holds
 * keys of the social-security application only; the bank holds its own.
 */
export type Keys = {
  /** HMAC-SM3 over a challenge token's content. */
  challengeMac(content: Uint8Array): Uint8Array;
  /** Is `cryptogram` (8 bytes) the genuine chip's answer to factor and source (8 bytes each)? */
  verifyChip(proof: {
    readonly algorithm: ChipAlgorithm;
    readonly cardId: CardId;
    readonly factor: Uint8Array;
    readonly source: Uint8Array;
    readonly cryptogram: Uint8Array;
  }): boolean;
  /** The keyed verifier (hex) of the PIN in a medical PIN block (16 bytes). The PIN stays inside. */
  pinVerifier(entry: {
    readonly sealedPinKey: string;
    readonly pinBlock: Uint8Array;
    readonly cardId: CardId;
  }): Result<string, 'malformed'>;
  /** New session keys: sealed for the engine's store, and wrapped under the terminal's master key. */
  newTerminalSession(sealedMasterKey: string): TerminalSession;
  /** HMAC-SM3 under a terminal's session MAC key. */
  sessionMac(sealedMacKey: string, data: Uint8Array): Uint8Array;
  /** Ed25519 signature of an answer (the transaction certificate), under the key `answerKeyId`. */
  signAnswer(data: Uint8Array): Uint8Array;
  readonly answerKeyId: string;
  /** Public key of `answerKeyId`, SPKI DER as base64. */
  readonly answerPublicKey: string;
  /** Authenticated encryption for the engine's store. */
  seal(plain: Uint8Array): string;
  /** Inverse of `seal`. Throws if the text was altered. */
  open(sealed: string): Uint8Array;
  readonly personalData: PersonalData;
};

export type TerminalSession = {
  readonly sealedPinKey: string;
  readonly sealedMacKey: string;
  /** SM4 under the terminal master key, with a 4-byte key check value each; hex. */
  readonly wrappedPinKey: string;
  readonly wrappedMacKey: string;
};
