import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Card } from './card.ts';
import type { CardStanding } from './card-standing.ts';
import { standingOf, statesOf } from './card-standing.ts';

/** What an office does with a card. `set-pin` activates a new card, and unlocks one with wrong entries. */
export type CardOrder =
  | { readonly kind: 'set-pin'; readonly pinVerifier: string }
  | { readonly kind: 'suspend' | 'resume' | 'cancel' };

type ChangingCard = Pick<
  Card,
  'status' | 'medical' | 'financial' | 'oralLossUntil' | 'pinVerifier' | 'pinWrongTries'
>;

/** The states in which a card takes an order: none makes a card valid that was reported lost or cancelled. */
const takenIn: { readonly [Kind in CardOrder['kind']]: readonly CardStanding[] } = {
  'set-pin': ['active', 'not-activated', 'initial-pin'],
  suspend: ['active'],
  resume: ['suspended'],
  cancel: [
    ...(['active', 'not-activated', 'initial-pin', 'oral-loss'] as const),
    ...(['written-loss', 'suspended', 'cancelled', 'not-in-use'] as const),
  ],
};

/** @param at ms
 * @returns the card as it shall be; the error is the state that does not take the order */
export function changeCard<C extends ChangingCard>(
  card: C,
  order: CardOrder,
  at: number,
): Result<C, CardStanding> {
  const standing = standingOf(card, at);
  if (!takenIn[order.kind].includes(standing)) return fail(standing);
  switch (order.kind) {
    case 'set-pin':
      return ok({
        ...{ ...card, status: 'active', medical: 'active' },
        ...{ pinVerifier: order.pinVerifier, pinWrongTries: 0 },
      });
    case 'suspend':
      return ok({ ...card, ...statesOf('suspended') });
    case 'resume':
      // A card that came suspended has no PIN yet, and still needs one.
      return ok({ ...card, ...statesOf(card.pinVerifier === '' ? 'not-activated' : 'active') });
    case 'cancel':
      return ok({ ...card, ...statesOf('cancelled') });
  }
}
