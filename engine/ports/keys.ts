import type { CipherAlgorithm } from '../base/crypto/block-cipher.ts';
import type { Result } from '../base/errors/result.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { ChipAlgorithm } from '../domain/card/card.ts';
import type { PersonalData } from './personal-data.ts';

/**
 * Secret keys are used only behind these ports, by operations and not by the words of one kind of module.
 * There are two domains, social security and the bank's, each an object of its own: neither reaches the
 * other's keys.
 *
 * What is asynchronous may ask a module, and throws `KeystoreUnavailable` when it does not answer. What is
 * not works with keys that are held in this process: no sale waits for a module because of it.
 */

/** The keys of the social-security application (社保密钥域). */
export type Keys = {
  /** HMAC-SM3 over a challenge token's content. */
  challengeMac(content: Uint8Array): Uint8Array;
  /**
   * Is `cryptogram` (8 bytes) the genuine chip's answer to factor and source (8 bytes each)? The key of the
   * card's issuer is derived once and held; the card's own is derived each time.
   */
  verifyChip(proof: {
    readonly algorithm: ChipAlgorithm;
    readonly cardId: CardId;
    readonly factor: Uint8Array;
    readonly source: Uint8Array;
    readonly cryptogram: Uint8Array;
  }): Promise<boolean>;
  /** The keyed verifier (hex) of the PIN in a medical PIN block (16 bytes). The PIN stays inside. */
  pinVerifier(entry: {
    readonly sealedPinKey: string;
    readonly pinBlock: Uint8Array;
    readonly cardId: CardId;
  }): Promise<Result<string, 'malformed'>>;
  /**
   * The keyed verifier (hex) of a PIN that an office sets. @param pin ASCII digits; zeroed before the
   * return
   */
  verifierOfPin(cardId: CardId, pin: Uint8Array): Promise<string>;
  /** New session keys: sealed for the engine's store, and wrapped under the terminal's master key. */
  newTerminalSession(sealedMasterKey: string): Promise<TerminalSession>;
  /** HMAC-SM3 under a terminal's session MAC key. */
  sessionMac(sealedMacKey: string, data: Uint8Array): Uint8Array;
  /** Ed25519 signature of an answer (the transaction certificate), under the key `answerKeyId`. */
  signAnswer(data: Uint8Array): Promise<Uint8Array>;
  readonly answerKeyId: string;
  /** Public key of `answerKeyId`, SPKI DER as base64. */
  readonly answerPublicKey: string;
  /** Authenticated encryption for the engine's store. */
  seal(plain: Uint8Array): string;
  /** Inverse of `seal`. Throws if the text was altered. */
  open(sealed: string): Uint8Array;
  readonly personalData: PersonalData;
  /** Wipes what is held, and leaves the module. Nothing else may be called afterwards. */
  close(): Promise<void>;
};

/** The bank's keys (金融密钥域): the engine has its side of the link only. */
export type BankLinkKeys = {
  /** `blob`: the enciphered key and its check value of 3 or 4 bytes, hex. Fails when that is wrong. */
  unwrapMacKey(blob: string): Promise<Result<MacKey, 'malformed'>>;
  /** As `Keys.close`. */
  close(): Promise<void>;
};

/** A MAC work key of the bank: 16 bytes, or 8 where the host uses single DES. */
export type MacKey = { readonly algorithm: CipherAlgorithm; readonly key: Uint8Array };

export type TerminalSession = {
  readonly sealedPinKey: string;
  readonly sealedMacKey: string;
  /** SM4 under the terminal master key, with a 4-byte key check value each; hex. */
  readonly wrappedPinKey: string;
  readonly wrappedMacKey: string;
};

/** A module did not do what it was asked for: it is gone, its session ended, or it refuses. */
export class KeystoreUnavailable extends Error {
  override readonly name = 'KeystoreUnavailable';
}
