import type { Card, InvalidListHit } from '../../domain/card/card.ts';
import type { Accumulator, Person } from '../../domain/card/person.ts';
import type { CardId } from '../../domain/ids/ids.ts';
import type { Institution, Terminal } from '../../ports/reference.ts';

/**
 * Where a seed goes: the engine's store, when it starts. Whatever is there already stays as it is, so a
 * seed may be given again at any time.
 */
export type SeedTarget = {
  addInstitutions(institutions: readonly Institution[]): Promise<void>;
  addTerminals(terminals: readonly NewTerminal[]): Promise<void>;
  /** One call is one transaction: a person comes with card and opening totals, or not at all. */
  addPeople(people: readonly NewPerson[]): Promise<void>;
  addInvalidCards(cards: readonly InvalidCard[]): Promise<void>;
};

export type NewTerminal = Omit<Terminal, 'session' | 'bankKeys'>;

/** `accountBalance` is the opening balance. */
export type NewPerson = {
  readonly person: Person;
  readonly card: Card;
  readonly accumulators: readonly Accumulator[];
};

export type InvalidCard = InvalidListHit & { readonly cardId: CardId };
