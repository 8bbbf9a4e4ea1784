/** A card in the slot and what is on record of it, with one thing changed. */

import type { Card } from '../../engine/domain/card/card.ts';
import type { checkCard } from '../../engine/domain/card/check-card.ts';
import type { InvalidListHit } from '../../engine/domain/card/invalid-list.ts';
import type { Person } from '../../engine/domain/person/person.ts';
import { card, MORNING, person, RIGHT_PIN } from '../support/domain/builders.ts';

/** Checks the card in the slot against what is on record of it. */
export type CheckCard = typeof checkCard;
export type Entry = Parameters<CheckCard>[3];

export const right: Entry = {
  chip: { challenge: MORNING * 1000, challengeExpired: false, isGenuine: true },
  pin: { kind: 'verifier', verifier: RIGHT_PIN },
  atc: undefined,
  usesAccount: true,
  at: MORNING,
};
export const wrong: Entry = { ...right, pin: { kind: 'verifier', verifier: 'wrong' } };

export type Case = {
  readonly card?: Partial<Card>;
  readonly person?: Partial<Person>;
  readonly hits?: readonly InvalidListHit[];
  readonly entry?: Entry;
};
export const checked = (check: CheckCard, of: Case = {}) =>
  check(card(of.card), person(of.person), of.hits ?? [], of.entry ?? right);

/** The card is written with something else than was decided. */
export const leavingCard =
  (change: (decided: Card, known: Card) => Partial<Card>) =>
  (check: CheckCard): CheckCard =>
  (known, ...rest) => {
    const made = check(known, ...rest);
    return { ...made, card: { ...made.card, ...change(made.card, known) } };
  };

export const onOtherCard =
  (change: (known: Card, entry: Entry) => Partial<Card>) =>
  (check: CheckCard): CheckCard =>
  (known, holder, hits, entry) =>
    check({ ...known, ...change(known, entry) }, holder, hits, entry);

export const withOtherEntry =
  (change: (entry: Entry, known: Card) => Partial<Entry>) =>
  (check: CheckCard): CheckCard =>
  (known, holder, hits, entry) =>
    check(known, holder, hits, { ...entry, ...change(entry, known) });
