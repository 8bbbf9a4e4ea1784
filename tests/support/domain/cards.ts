/** Cards for tests: of one person, with a default for every part. */
import type { CardId, PersonNo } from '../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../engine/base/ids/ids.ts';
import type { CardBody } from '../../../engine/contract/card.ts';
import type { Card, CardRecord, PresentedCard } from '../../../engine/domain/card/card.ts';
import { lifeFromElsewhere } from '../../../engine/domain/card/card-standing.ts';
import { testPersonalData } from '../flows/test-keys.ts';

const personNo = '44190000000000000000000001' as PersonNo;
export const personKey = { shard: shardOf(personNo), personNo };

export const RIGHT_PIN = 'verifier of the right PIN';

/** On record, and as its issuer knows it. */
export type TestCard = Card & CardRecord;

export function card(change: Partial<TestCard> = {}): TestCard {
  const { cardNumber = 'A12345678' } = change;
  return {
    key: personKey,
    cardId: '441900D156000005FC1B2A6C00000001' as CardId,
    cardNumber,
    cardNumberHash: testPersonalData.keyedHash('card-number', cardNumber),
    sealedCardNumber: '',
    cardClass: '1',
    specVersion: '3.00',
    expiresOn: '2036-01-01',
    ...lifeFromElsewhere('active'),
    pinVerifier: RIGHT_PIN,
    pinWrongTries: 0,
    lastChallenge: 0,
    lastAtc: 0,
    ...change,
  };
}

export function cardBody(of: CardRecord = card()): CardBody {
  const { cardId, cardNumber, cardClass, specVersion, expiresOn } = of;
  return {
    cardId,
    cardNumber,
    cardClass,
    specVersion,
    issuedOn: '2026-01-01',
    expiresOn: expiresOn ?? null,
  };
}

/** The card as a flow hands it to the decision. */
export function presentedCard(of: CardRecord = card()): PresentedCard {
  const { cardId, cardNumber, expiresOn } = of;
  const cardNumberHash = testPersonalData.keyedHash('card-number', cardNumber);
  return { ...cardBody(of), cardId, cardNumberHash, expiresOn };
}
