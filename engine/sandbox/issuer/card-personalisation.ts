import type { ChipAlgorithm } from '../../domain/card/card.ts';
import type { CardId } from '../../domain/ids/ids.ts';
import type { Fen } from '../../domain/money/fen.ts';

/**
 * What the issuing centre and the bank write into one card: files EF05 and EF06 of the
 * social-security application (社会保障卡规范, LD/T 32), its key, and the bank's debit application
 * (PBOC, JR/T 0025). Holds secrets: it goes into a virtual card and nowhere else.
 */
export type CardPersonalisation = {
  readonly cardId: CardId;
  readonly cardClass: string;
  readonly specVersion: string;
  /** 初始化机构编号, 12 bytes as hex. */
  readonly issuer: string;
  /** ISO dates. */
  readonly issuedOn: string;
  readonly expiresOn: string | undefined;
  readonly cardNumber: string;
  readonly algorithm: ChipAlgorithm;
  /** The card's own social-security key, 16 bytes. */
  readonly cardKey: Uint8Array;
  readonly medicalPin: string;
  readonly holder: CardHolder;
  readonly bank: BankApplication;
};

/** EF06 without the ID number: the sandbox has none. */
export type CardHolder = {
  readonly name: string;
  /** GB/T 2261.1: 1 male, 2 female. */
  readonly sex: '1' | '2';
  /** GB/T 3304: 01 Han. */
  readonly nation: string;
  /** Six digits, GB/T 2260. */
  readonly birthplace: string;
  readonly birthDate: string;
};

export type BankApplication = {
  readonly pan: string;
  readonly panSequence: string;
  /** YYMM. */
  readonly expiry: string;
  /** The card's key for application cryptograms, double-length DES, 16 bytes. */
  readonly udk: Uint8Array;
};

/** The account behind the card as the bank opens it. */
export type BankAccount = {
  readonly pan: string;
  readonly panSequence: string;
  readonly expiry: string;
  /** Given to the bank's host once, which keeps a verifier. */
  readonly pin: string;
  readonly balance: Fen;
};
