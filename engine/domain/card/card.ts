import type { CardId, PersonKey } from '../../base/ids/ids.ts';
import type { CardStates } from './card-machines.ts';

/** Cipher of the social-security application (tag 9F0C / 86 of its FCI). */
export type ChipAlgorithm = 'sm4' | '3des';

/** The stored card, in its person's shard. */
export type Card = CardStates & {
  readonly key: PersonKey;
  readonly cardId: CardId;
  /** Keyed hash of the printed number (卡号, EF05 record 07), which is on record sealed; or `unsealedNumber`. */
  readonly cardNumberHash: string;
  /** For whoever may see the number; empty as long as it stands unsealed. */
  readonly sealedCardNumber: string;
  readonly cardClass: string;
  readonly specVersion: string;
  /** "2036-01-01"; undefined for cards without an end date. */
  readonly expiresOn: string | undefined;
  /** Since when the card is in its `status`, ms; 0: since before steps were recorded. */
  readonly statusSince: number;
  /** For `oral-loss`: when the report lapses, ms. */
  readonly oralLossUntil: number | undefined;
  /** Steps of the card's life on record (`CardStep`): rises with each. */
  readonly steps: number;
  readonly origin: CardOrigin;
  /** The card that took its place. */
  readonly replacedBy: CardId | undefined;
  /** Keyed verifier of the medical PIN, hex. The PIN itself is not stored. */
  readonly pinVerifier: string;
  /** Consecutive wrong entries, 0 to 3; 3 is locked. */
  readonly pinWrongTries: number;
  /** Stamp of the card's last challenge; only later ones are accepted (single use). */
  readonly lastChallenge: number;
  /** Last ATC of the bank application (应用交易计数器, tag 9F36); must rise. */
  readonly lastAtc: number;
};

/** How a card came to be; all undefined for cards that were put on record from elsewhere. */
export type CardOrigin = {
  readonly applicationNo: string | undefined;
  /** Code of the bank whose application is on the card. */
  readonly issuingBank: string | undefined;
  /** The card whose place it takes. */
  readonly replaces: CardId | undefined;
};

export const unknownOrigin: CardOrigin = {
  ...{ applicationNo: undefined, issuingBank: undefined, replaces: undefined },
};

/** ms; a stamp further ahead than this was made by a clock that ran fast. */
const STAMP_AHEAD_MAX_MS = 60_000;

/**
 * Is this stamp (µs) in the future? Such a challenge is refused, and a card whose last stamp is in the
 * future is not blocked until that time. @param at ms
 */
export function isStampAhead(stamp: number, at: number): boolean {
  return stamp / 1000 > at + STAMP_AHEAD_MAX_MS;
}

/** Cards of specification 3 and later use SM4, older ones 3DES. Not stored with the card. */
export function chipAlgorithmOf(specVersion: string): ChipAlgorithm {
  return specVersion >= '3' ? 'sm4' : '3des';
}

/** A card as whoever issues it knows it: with the number that is printed on it. */
export type CardRecord = Omit<Card, 'cardNumberHash' | 'sealedCardNumber'> & {
  readonly cardNumber: string;
};

/** Marks a number that an earlier version stored and that waits to be sealed; no keyed hash has a blank. */
const UNSEALED = 'unsealed ';

/** What `Card.cardNumberHash` holds of a number that is not sealed yet. */
export function unsealedNumber(cardNumber: string): string {
  return `${UNSEALED}${cardNumber}`;
}

/** Does the presented card match the stored one? The chip proves the card id only. */
export function isCardOnRecord(presented: PresentedCard, card: Card): boolean {
  return (
    isNumberOnRecord(presented, card) &&
    presented.cardClass === card.cardClass &&
    presented.specVersion === card.specVersion &&
    presented.expiresOn === card.expiresOn
  );
}

function isNumberOnRecord(
  { cardNumber, cardNumberHash }: PresentedCard,
  { cardNumberHash: onRecord }: Card,
): boolean {
  return (
    onRecord === cardNumberHash ||
    (onRecord.startsWith(UNSEALED) && onRecord === unsealedNumber(cardNumber))
  );
}

/** Card data that a terminal read from EF05. */
export type PresentedCard = {
  readonly cardId: CardId;
  readonly cardNumber: string;
  /** Keyed hash of the number, made in the flow: the decision has no keys. */
  readonly cardNumberHash: string;
  readonly cardClass: string;
  readonly specVersion: string;
  readonly issuedOn: string;
  readonly expiresOn: string | undefined;
};
