/** A card office over rows in memory: orders on cards, and what a counter says of a card in between. */

import type { CardId } from '../../../engine/base/ids/ids.ts';
import type { Card } from '../../../engine/domain/card/card.ts';
import { cardRegionOf } from '../../../engine/domain/card/card-regions.ts';
import { checkStanding } from '../../../engine/domain/card/check-card.ts';
import type { CardOrder, OrderCard } from '../../../engine/domain/card/orders/card-order.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import type { Decision } from '../../../engine/domain/decision.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { MemoryStore } from '../memory/memory-store.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { card, MORNING, person, personKey, policy } from './builders.ts';

export const CARD = card().cardId;
export const NEW_CARD = '441900D156000005FC1B2A6C00000002' as CardId;
export const FORM = { applicationNo: 'F-1', issuingBank: '102', delivery: 'window' } as const;

export type CardOffice = {
  readonly memory: MemoryStore;
  /** The refusal, or 'done'. `change`: who, when, evidence, another order id. */
  order(order: CardOrder, change?: Partial<OrderCard>): string;
  decision(order: CardOrder, change?: Partial<OrderCard>): Decision;
  card(id?: CardId): Card;
  /** What a counter says at `at` (ms); undefined: the card may pay. `atc`: by bank debit. */
  counter(at?: number, of?: { readonly id?: CardId; readonly atc?: number }): string | undefined;
};

export function createCardOffice(
  change: Partial<Card> = {},
  holder: Partial<Person> = {},
  decide = createDecide(() => policy),
): CardOffice {
  const memory = createMemoryStore(decide);
  memory.add(person(holder), card(change));
  let orders = 0;
  const find = (id: CardId): Card => {
    const found = memory.cards.get(id);
    if (found === undefined) throw new Error('no such card');
    return found;
  };
  const decision = (order: CardOrder, more: Partial<OrderCard> = {}) =>
    memory.run(orderOf(order, { orderId: `order-${++orders}-----------`, ...more }));
  return {
    memory,
    decision,
    order: (order, more) => decision(order, more).answer.code ?? 'done',
    card: (id = CARD) => find(id),
    counter(at = MORNING, { id = CARD, atc } = {}) {
      const holderNow = memory.persons.get(personKey.personNo) ?? person();
      return checkStanding(find(id), holderNow, [], { usesAccount: true, at, atc });
    },
  };
}

export function orderOf(order: CardOrder, change: Partial<OrderCard> = {}): OrderCard {
  return {
    ...{ type: 'order-card', key: personKey, at: MORNING, orderId: 'order-0-----------' },
    by: { kind: 'operator', id: 'li.na' },
    reason: undefined,
    evidence: { identity: 'ID card seen', record: 'D-1' },
    region: cardRegionOf('441900'),
    order,
    ...change,
  };
}

export function entered(verifier: string) {
  return { kind: 'verifier', verifier } as const;
}

/** Makes and issues the card of a form, up to the holder's hands. */
export function issue(office: CardOffice, id: CardId, applicationNo: string, at: number): string[] {
  const { expiresOn, cardClass, specVersion, ...rest } = card({ cardNumber: 'A00000002' });
  const { cardNumberHash, sealedCardNumber } = rest;
  const number = { cardNumberHash, sealedCardNumber };
  const made = { cardId: id, ...number, cardClass, specVersion, expiresOn };
  const first: CardOrder = {
    ...{ kind: 'personalise', applicationNo },
    card: { ...made, pinVerifier: 'verifier of 123456' },
  };
  return [
    office.order({ kind: 'review', applicationNo, isAccepted: true }, { at }),
    office.order(first, { at }),
    office.order({ kind: 'send-to-bank', cardId: id }, { at }),
    office.order({ kind: 'bank-review', cardId: id, isAccepted: true }, { at }),
    office.order({ kind: 'make', cardId: id }, { at }),
  ];
}
