import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Card, CardStatus } from './card.ts';

/** What an office does with a card. `set-pin` activates a new card, and unlocks one with wrong entries. */
export type CardOrder =
  | { readonly kind: 'set-pin'; readonly pinVerifier: string }
  | { readonly kind: 'suspend' | 'resume' | 'cancel' };

type ChangingCard = Pick<Card, 'status' | 'pinVerifier' | 'pinWrongTries'>;

/** The states in which a card takes an order: none makes a card valid that was reported lost or cancelled. */
const takenIn: { readonly [Kind in CardOrder['kind']]: readonly CardStatus[] } = {
  'set-pin': ['active', 'not-activated', 'initial-pin'],
  suspend: ['active'],
  resume: ['suspended'],
  cancel: [
    ...(['active', 'not-activated', 'initial-pin', 'oral-loss'] as const),
    ...(['written-loss', 'suspended', 'cancelled'] as const),
  ],
};

/** @returns the card as it shall be; the error is the state that does not take the order */
export function changeCard<C extends ChangingCard>(
  card: C,
  order: CardOrder,
): Result<C, CardStatus> {
  if (!takenIn[order.kind].includes(card.status)) return fail(card.status);
  switch (order.kind) {
    case 'set-pin':
      return ok({ ...card, status: 'active', pinVerifier: order.pinVerifier, pinWrongTries: 0 });
    case 'suspend':
      return ok({ ...card, status: 'suspended' });
    case 'resume':
      // A card that came suspended has no PIN yet, and still needs one.
      return ok({ ...card, status: card.pinVerifier === '' ? 'not-activated' : 'active' });
    case 'cancel':
      return ok({ ...card, status: 'cancelled' });
  }
}
