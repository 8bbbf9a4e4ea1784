/** What a terminal read from a card, before anything is looked up. */
import assert from 'node:assert/strict';
import type { Card } from '../../engine/domain/card/card.ts';
import { checkPresentedCard } from '../../engine/domain/card/check-presented-card.ts';
import { card, cardRules, presentedCard, TODAY } from '../support/domain/builders.ts';
import { type Check, caughtBy } from './plant.ts';

const presented: Check<typeof checkPresentedCard> = {
  name: 'what a terminal read from a card',
  honest: () => checkPresentedCard,
  keeps(check) {
    const read = (change: Partial<Parameters<typeof checkPresentedCard>[0]>) => {
      return check({ ...presentedCard(), ...change }, cardRules, TODAY);
    };
    assert.equal(read({}), undefined, 'a good card is refused');
    assert.equal(read({ expiresOn: TODAY }), undefined, 'a card is refused on its last day');
    assert.equal(
      read({ expiresOn: '2026-11-21' }),
      'CARD_EXPIRED',
      'a card pays after its last day',
    );
    const tomorrow = '2026-11-23';
    assert.equal(
      read({ issuedOn: tomorrow }),
      'CARD_NOT_YET_VALID',
      'a card pays before its first day',
    );
    const elsewhere = { cardId: `65${card().cardId.slice(2)}` as Card['cardId'] };
    assert.equal(read(elsewhere), 'CARD_REGION_UNSUPPORTED', 'a card of an unknown region pays');
    const class9 = { cardClass: '9' };
    assert.equal(read(class9), 'CARD_CLASS_UNSUPPORTED', 'a card of an unknown class pays');
  },
};

export const presentedCardPlants = caughtBy(
  presented,
  {
    name: 'expired-card-pays',
    bug: 'The end date of a card is read and not compared.',
    breaks: 'A card pays from its first to its last day.',
    plant:
      (check) =>
      (read, ...rest) =>
        check({ ...read, expiresOn: undefined }, ...rest),
    says: 'a card pays after its last day',
  },
  {
    name: 'last-day-lost',
    bug: 'A card ends at the beginning of its last day.',
    breaks: 'A card pays from its first to its last day.',
    plant: (check) => (read, rules, today) =>
      read.expiresOn === today ? 'CARD_EXPIRED' : check(read, rules, today),
    says: 'a card is refused on its last day',
  },
  {
    name: 'any-region-taken',
    bug: 'Cards of all provinces are taken, also where nobody would pay for them.',
    breaks: 'Only cards of regions that we hold or have a route to are taken.',
    plant: (check) => (read, rules, today) =>
      check(read, { ...rules, issuingProvinces: new Set([read.cardId.slice(0, 2)]) }, today),
    says: 'a card of an unknown region pays',
  },
  {
    name: 'any-class-taken',
    bug: 'The class of a card is not looked at.',
    breaks: 'Only classes of cards that the installation serves are taken.',
    plant: (check) => (read, rules, today) =>
      check(read, { ...rules, classes: new Set([read.cardClass]) }, today),
    says: 'a card of an unknown class pays',
  },
);
