import type { Card, CardRecord } from '../../domain/card/card.ts';
import type { PersonalData } from '../../ports/personal-data.ts';

/** The card as it goes on record: its number sealed, and found by its keyed hash. */
export function sealNumber(personalData: PersonalData, { cardNumber, ...card }: CardRecord): Card {
  return {
    ...card,
    sealedCardNumber: personalData.seal('card.card_number', cardNumber),
    cardNumberHash: personalData.keyedHash('card-number', cardNumber),
  };
}
