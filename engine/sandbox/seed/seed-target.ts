import type { CardId, InstitutionCode } from '../../base/ids/ids.ts';
import type { CardRecord } from '../../domain/card/card.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { Accumulator, PersonRecord } from '../../domain/person/person.ts';
import type { Institution, Terminal } from '../../ports/reference.ts';

/**
 * The engine's store, as a seed writes it. Existing rows are not changed, so a seed may be repeated; only an
 * invalid list is replaced as a whole.
 */
export type SeedTarget = {
  /** Has it people or institutions, but not this institution? */
  holdsOthersThan(institution: InstitutionCode): Promise<boolean>;
  insertInstitutions(institutions: readonly Institution[]): Promise<void>;
  insertTerminals(terminals: readonly Terminal[]): Promise<void>;
  /** The account's balance becomes its opening balance. */
  insertPersons(persons: readonly PersonRecord[]): Promise<void>;
  /** Opening totals of the year. */
  insertAccumulators(accumulators: readonly Accumulator[]): Promise<void>;
  insertCards(cards: readonly CardRecord[]): Promise<void>;
  /** These cards are as if no wrong PIN was ever entered. */
  forgetWrongPins(cardIds: readonly CardId[]): Promise<void>;
  replaceInvalidList(list: {
    readonly level: InvalidListHit['level'];
    readonly region: string;
    readonly version: number;
    /** ms */
    readonly loadedAt: number;
    readonly entries: readonly { readonly cardId: CardId; readonly reason: string }[];
  }): Promise<void>;
};

export type NewPerson = {
  readonly person: PersonRecord;
  readonly card: CardRecord;
  readonly accumulators: readonly Accumulator[];
};

/** Inserts persons, accumulators, then cards, so that a person found by a card is complete. */
export async function insertPeople(
  target: SeedTarget,
  people: readonly NewPerson[],
): Promise<void> {
  await target.insertPersons(people.map(({ person }) => person));
  await target.insertAccumulators(people.flatMap(({ accumulators }) => accumulators));
  await target.insertCards(people.map(({ card }) => card));
}
