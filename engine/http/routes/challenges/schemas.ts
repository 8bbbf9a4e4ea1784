import { type Static, Type } from 'typebox';

import { CardIdText, closed, hex, Money } from '../../wire-schemas.ts';

export const ChallengeRequest = closed({ cardId: CardIdText, totalAmount: Money });
export type ChallengeRequest = Static<typeof ChallengeRequest>;

export const ChallengeAnswer = closed({
  challenge: Type.String({ description: 'Opaque; send it back with the settlement' }),
  factor: hex(8),
  source: hex(8),
  expiresAt: Type.String(),
});
