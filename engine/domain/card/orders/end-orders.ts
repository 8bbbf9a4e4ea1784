import { ok } from '../../../base/errors/result.ts';
import type { Card } from '../card.ts';
import { isDead } from '../card-machines.ts';
import type { Decided, OrderContext } from './card-order.ts';
import { refuse } from './card-order.ts';
import { closed } from './issue-orders.ts';

/**
 * 注销, the office's step: the social-security application ends, and with the clearance notice (its number
 * is the order's) the bank ends the financial one. A card that no bank knows yet ends whole.
 */
export function cancel(card: Card, context: OrderContext): Decided {
  const open = openBusiness(context);
  if (open.length > 0) return refuse('CARD_BUSINESS_OPEN', `open: ${open.join(', ')}`);
  const isKnownToBank = card.status !== 'personalised';
  const ended: Card = isKnownToBank ? { ...card, medical: 'closed' } : closed(card);
  return ok({ cards: [{ card: { ...ended, status: 'cancelled', oralLossUntil: undefined } }] });
}

/** What of the person is not settled: nobody can finish it when the card is gone. */
function openBusiness({ person, facts }: OrderContext): readonly string[] {
  const { openSettlements = [], openLegs = [], claims = [] } = facts;
  return [
    ...(person.accountHeld > 0n ? ['money held'] : []),
    ...openSettlements.map(({ id, state }) => `settlement ${id} is ${state}`),
    ...openLegs.map(({ settlementId, state }) => `bank leg of ${settlementId} is ${state}`),
    ...claims
      .filter(({ owed, paid }) => owed !== paid)
      .map(({ settlementId }) => `claim of ${settlementId}`),
  ];
}

/** 注销, the bank's step; also the end of the bank's application of a card that is gone otherwise. */
export function closeAtBank(card: Card): Decided {
  return card.financial === 'closed'
    ? refuse('CARD_STEP_NOT_POSSIBLE', 'the financial function is closed already')
    : ok({ cards: [{ card: { ...card, financial: 'closed' } }] });
}

/** 销毁: nothing of the card works any more; the record names the certificate of destruction. */
export function destroy(card: Card, { command }: OrderContext): Decided {
  return (command.evidence['record'] ?? '') === ''
    ? refuse('CARD_STEP_INCOMPLETE', 'needed: evidence with the number of the destruction record')
    : ok({ cards: [{ card: { ...closed(card), status: 'destroyed' } }] });
}

/** 死亡: both accounts are frozen, on every card. Money is paid out to the heirs from elsewhere. */
export function reportDeath({ person, cards }: OrderContext): Decided {
  const living = cards.filter(({ status }) => !isDead(status));
  const frozen = living.map((card): Card => {
    const medical = card.medical === 'closed' ? 'closed' : 'suspended';
    const financial = card.financial === 'closed' ? 'closed' : 'suspended';
    return { ...card, medical, financial };
  });
  const { accountStatus } = person;
  const isFrozen = accountStatus === 'closed' || accountStatus === 'frozen';
  return ok({
    cards: frozen.map((card) => ({ card })),
    ...(!isFrozen && { person: { ...person, accountStatus: 'frozen' as const } }),
  });
}
