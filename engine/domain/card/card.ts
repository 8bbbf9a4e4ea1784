import type { CardId, PersonKey } from '../../base/ids/ids.ts';

/**
 * State of a card, as the issuer and the bank keep it in step (社会保障卡 life cycle).
 * `initial-pin`: activated with the first PIN, which must be changed before the account pays.
 */
export type CardStatus =
  | 'active'
  | 'not-activated'
  | 'initial-pin'
  | 'oral-loss'
  | 'written-loss'
  | 'suspended'
  | 'cancelled';

/** Cipher of the social-security application: tag 9F0C / 86 of its FCI. */
export type ChipAlgorithm = 'sm4' | '3des';

/** The card on record. Its person's shard holds it. */
export type Card = {
  readonly key: PersonKey;
  readonly cardId: CardId;
  readonly cardNumber: string;
  readonly cardClass: string;
  readonly specVersion: string;
  /** "2036-01-01", or undefined where cards have no end date. */
  readonly expiresOn: string | undefined;
  readonly status: CardStatus;
  /** For `oral-loss`: the moment (ms) at which the report lapses by itself. */
  readonly oralLossUntil: number | undefined;
  /** Keyed verifier of the medical PIN, hex. The PIN itself is nowhere. */
  readonly pinVerifier: string;
  /** Consecutive wrong entries, 0 to 3; 3 is locked. */
  readonly pinWrongTries: number;
  /** Stamp of the last challenge this card used; only later ones are taken (single use). */
  readonly lastChallenge: number;
  /** Last application transaction counter seen from the bank application (tag 9F36); must rise. */
  readonly lastAtc: number;
};

/** ms; a stamp that is further ahead of the clock than this was made while the clock was ahead. */
const STAMP_AHEAD_MAX_MS = 60_000;

/**
 * Is this stamp (µs) of a time that has not come yet? Then it says nothing: a challenge with it is not taken,
 * and a card that has used one is not kept from paying until the clock gets there.
 */
export function isStampAhead(stamp: number, at: number): boolean {
  return stamp / 1000 > at + STAMP_AHEAD_MAX_MS;
}

/** Cards of specification 3 use SM4; older ones 3DES. The only place that knows: no record repeats it. */
export function chipAlgorithmOf(specVersion: string): ChipAlgorithm {
  return specVersion >= '3' ? 'sm4' : '3des';
}

/** Is what the terminal read the card that is on record? Only the card id is proved by the chip. */
export function isCardOnRecord(presented: PresentedCard, card: Card): boolean {
  return (
    presented.cardNumber === card.cardNumber &&
    presented.cardClass === card.cardClass &&
    presented.specVersion === card.specVersion &&
    presented.expiresOn === card.expiresOn
  );
}

/** What a terminal read from EF05 of the card in the slot. */
export type PresentedCard = {
  readonly cardId: CardId;
  readonly cardNumber: string;
  readonly cardClass: string;
  readonly specVersion: string;
  readonly issuedOn: string;
  readonly expiresOn: string | undefined;
};
