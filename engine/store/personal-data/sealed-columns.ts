import type { PersonalColumn, PersonalKind } from '../../ports/personal-data.ts';

/** A column whose texts are sealed. */
export type SealedColumn = {
  readonly table: string;
  readonly column: string;
  /** What its texts are sealed for. */
  readonly sealedFor: PersonalColumn;
};

/** Every sealed column stands here, or its texts would stay under a key that was to be destroyed. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'person', column: 'sealed_name', sealedFor: 'person.name' },
  { table: 'person', column: 'sealed_id_number', sealedFor: 'person.id_number' },
  { table: 'card', column: 'sealed_card_number', sealedFor: 'card.card_number' },
];

/** Where an earlier version stored the same in the clear. */
export type ClearColumn = {
  readonly table: 'person' | 'card';
  readonly id: 'person_no' | 'card_id';
  readonly clear: string;
  readonly sealed: string;
  readonly sealedFor: PersonalColumn;
  readonly hash?: { readonly column: string; readonly kind: PersonalKind };
};

export const clearColumns: readonly ClearColumn[] = [
  {
    ...{ table: 'person', id: 'person_no', clear: 'name' },
    ...{ sealed: 'sealed_name', sealedFor: 'person.name' },
  },
  {
    ...{ table: 'card', id: 'card_id', clear: 'card_number' },
    ...{ sealed: 'sealed_card_number', sealedFor: 'card.card_number' },
    hash: { column: 'card_number_hash', kind: 'card-number' },
  },
];
