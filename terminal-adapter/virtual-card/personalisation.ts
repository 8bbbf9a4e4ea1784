/** What an issuer writes on a card: plain data. Issuer masters are never among them. */
import type { CipherAlgorithm } from '../../engine/base/crypto/block-cipher.ts';

export type SocialSecurityPersonalisation = {
  readonly algorithm: CipherAlgorithm;
  /** 卡识别码, 32 hex digits. */
  readonly cardId: string;
  /** One character. */
  readonly cardClass: string;
  /** Four characters: "3.00". */
  readonly specVersion: string;
  /** Initialising institution, 24 hex digits. */
  readonly issuer: string;
  /** "2026-01-01" */
  readonly issuedOn: string;
  /** Undefined for a card that is valid for life. */
  readonly expiresOn: string | undefined;
  /** Nine characters. */
  readonly cardNumber: string;
  readonly holder: HolderPersonalisation;
  /** The card's own key, 32 hex digits. */
  readonly cardKey: string;
  /** Six digits. */
  readonly pin: string;
};

export type HolderPersonalisation = {
  /** 18 characters. */
  readonly idNumber: string;
  /** GBK bytes as hex, at most 30 bytes. */
  readonly nameGbk: string;
  /** One character of GB/T 2261.1: 1 man, 2 woman. */
  readonly sex: string;
  /** Two digits of GB/T 3304. */
  readonly nation: string;
  /** Six digits. */
  readonly birthplace: string;
  /** "1990-01-01" */
  readonly bornOn: string;
};

export type DebitPersonalisation = {
  readonly algorithm: CipherAlgorithm;
  readonly pan: string;
  /** Two digits. */
  readonly panSequence: string;
  /** "2030-12-31" */
  readonly expiresOn: string;
  /** The card's own key of the bank application, 32 hex digits. */
  readonly udk: string;
  /** ASCII, 2 to 26 characters. */
  readonly holderName: string;
  /** Tail of tag 9F10 behind the card verification results, hex. */
  readonly issuerDiscretionaryData: string;
};

export type CardPersonalisation = {
  readonly socialSecurity: SocialSecurityPersonalisation;
  /** Undefined until the bank application is activated. */
  readonly debit: DebitPersonalisation | undefined;
};

/** What the chip keeps without power. A sandbox stores it so that a card remembers its tries. */
export type CardState = {
  /** Wrong PIN entries still allowed, 0 to 3. */
  readonly pinTriesLeft: number;
  /** Application transaction counter of the bank application, 0 to 65535. */
  readonly atc: number;
};
