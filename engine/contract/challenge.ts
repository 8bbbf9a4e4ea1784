import { type Static, Type } from 'typebox';

import { CardIdText } from './card.ts';
import { closed, hex, Money } from './values.ts';

export const ChallengeRequest = closed({ cardId: CardIdText, totalAmount: Money });
export type ChallengeRequest = Static<typeof ChallengeRequest>;

export const ChallengeDocument = closed({
  challenge: Type.String({ description: 'Opaque; send it back with the settlement' }),
  factor: hex(8),
  source: hex(8),
  expiresAt: Type.String(),
});
export type ChallengeDocument = Static<typeof ChallengeDocument>;
