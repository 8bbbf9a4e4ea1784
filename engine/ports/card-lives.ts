import type { CardId, PersonKey } from '../base/ids/ids.ts';
import type { Card } from '../domain/card/card.ts';
import type { CardApplication } from '../domain/card/card-application.ts';
import type { CardStep } from '../domain/card/card-step.ts';

/** What an office reads of cards. Every method rejects with StoreUnavailable while the database is away. */
export type CardLives = {
  /** @returns undefined: nobody on record has this number */
  findPerson(personNo: string): Promise<CardPerson | undefined>;
  /** Everything on record of the person's cards. */
  readLife(key: PersonKey): Promise<CardLife>;
  /** Enters a card in the directory before it is on record. @returns false: it is another person's */
  enterCard(cardId: CardId, key: PersonKey): Promise<boolean>;
  /** Cards whose oral loss report has lapsed by `at` (ms), and says so nowhere yet. */
  listDue(due: { readonly at: number; readonly limit: number }): Promise<readonly DueCard[]>;
};

/** `region`: where the person is insured. */
export type CardPerson = { readonly key: PersonKey; readonly region: string };

export type CardLife = {
  readonly cards: readonly Card[];
  readonly applications: readonly CardApplication[];
  /** In their order. */
  readonly steps: readonly CardStep[];
};

export type DueCard = CardPerson & { readonly cardId: CardId };
