import { ok } from '../../../base/errors/result.ts';
import type { Card } from '../card.ts';
import { endOfNaturalDays } from '../card-regions.ts';
import type { Decided, OrderContext } from './card-order.ts';
import { refuse } from './card-order.ts';

/**
 * 领卡: the card is in its holder's hands. One that takes another's place works at once, with a PIN chosen at
 * the window, and the other's functions end; a first card still has its first PIN.
 */
export function collect(
  card: Card,
  pinVerifier: string | undefined,
  context: OrderContext,
): Decided {
  const { applications, cards, command } = context;
  const form = applications.find(
    ({ applicationNo }) => applicationNo === card.origin.applicationNo,
  );
  if (form !== undefined && !form.isFeePaid) {
    return refuse('CARD_STEP_INCOMPLETE', 'needed: the fee');
  }
  if (command.by.kind === 'agent' && !command.region.mayAgentCollect) {
    return refuse('CARD_STEP_INCOMPLETE', 'needed: the holder in person');
  }
  const { replaces } = card.origin;
  const handed: Card = { ...card, status: 'active' };
  if (replaces === undefined) return ok({ cards: [{ card: handed }] });
  if (pinVerifier === undefined) {
    return refuse('CARD_STEP_INCOMPLETE', 'the card works at once; needed: the PIN that is chosen');
  }
  const old = cards.find(({ cardId }) => cardId === replaces);
  const ready: Card = { ...handed, medical: 'active', pinVerifier, pinWrongTries: 0 };
  return ok({
    cards: [
      { card: ready },
      ...(old === undefined ? [] : [{ card: { ...closed(old), replacedBy: card.cardId } }]),
    ],
  });
}

/** A card that waited too long: the day on which it was made is day 0. */
export function expireUncollected(card: Card, { command }: OrderContext): Decided {
  const { at, region } = command;
  if (at < endOfNaturalDays(card.statusSince, region.uncollectedDays)) {
    return refuse('CARD_STEP_NOT_POSSIBLE', `needed: ${region.uncollectedDays} days`);
  }
  return ok({ cards: [{ card: { ...closed(card), status: 'uncollected' } }] });
}

/** The card with both functions closed. */
export function closed(card: Card): Card {
  return { ...card, medical: 'closed', financial: 'closed' };
}
