import type { Person } from '../../domain/person/person.ts';
import { arrayLiteral } from '../batch/array-literal.ts';
import { part } from '../batch/part.ts';
import {
  bigint,
  boolean,
  type Column,
  type ColumnsOf,
  integer,
  keyOf,
  personKey,
  type StoredOf,
  text,
  textArray,
} from './column.ts';
import { byPerson, findRows } from './find-rows.ts';
import { parseSpan, spanText } from './insured-span-text.ts';
import { listOf, type PersonState, type PersonTable, rowsNow } from './person-table.ts';
import { postingTable } from './posting.ts';
import { tableOf, type WrittenTable } from './table.ts';

const columns = {
  ...personKey('key'),
  region: text('fixed', (person) => person.region),
  scheme: text('fixed', (person) => person.scheme),
  person_type: text('fixed', (person) => person.personType),
  insured: boolean('fixed', (person) => person.insured),
  birth_date: text('fixed', (person) => person.birthDate),
  traits: textArray('fixed', (person) => person.traits),
  insured_spans: insuredSpans(),
  version: integer('fixed', (person) => person.version),
  account_status: text('changing', (person) => person.accountStatus),
  account_balance: bigint('changing', (person) => person.accountBalance),
  account_held: bigint('changing', (person) => person.accountHeld),
} satisfies ColumnsOf<Person>;

/** NULL: no relation is on record, which is not the same as none in force. */
function insuredSpans(): Column<Person, string[] | null> {
  const of = ({ insuredSpans: spans }: Person) => spans && arrayLiteral(spans.map(spanText));
  return { role: 'fixed', type: 'text', as: 'text[]', of };
}

function read(row: StoredOf<typeof columns>): Person {
  return {
    key: keyOf(row),
    region: row.region,
    scheme: row.scheme,
    personType: row.person_type,
    insured: row.insured,
    birthDate: row.birth_date,
    traits: row.traits,
    insuredSpans: row.insured_spans?.map(parseSpan),
    accountStatus: row.account_status,
    accountBalance: row.account_balance,
    accountHeld: row.account_held,
    version: row.version,
  };
}

const table = tableOf('person', columns);

/** Without what is sealed of the person: no decision needs it, and it is a third of the row. */
const readColumns = `(select ${Object.keys(columns).join(', ')} from person)`;

/** `moved`: the sum of the person's entries in this batch. */
type GuardedPerson = Person & { readonly moved: bigint };

/** A batch writes the account alone; `version` is the one that was read: it guards all the person's rows. */
const guarded: WrittenTable<GuardedPerson> = {
  ...table,
  fixed: [
    ...table.fixed.filter(({ name }) => name === 'version'),
    { name: 'moved', type: 'bigint', of: ({ moved }) => moved },
  ],
};

/** The insured person with the medical personal account. */
export const personTable = {
  ...table,
  reads: [findRows('person', readColumns, byPerson, [])],
  read,
  rowKey: ({ key }) => key.personNo,
  facts: ([person]) => ({ person }),
  written: ({ person }) => listOf(person),
  parts: (_, people) => [part('person', 'guard', guarded, people.flatMap(guardedPerson))],
} satisfies PersonTable<Person>;

function guardedPerson(state: PersonState): GuardedPerson[] {
  return rowsNow(state, personTable).map((person) => ({ ...person, moved: movedOf(state) }));
}

function movedOf(state: PersonState): bigint {
  let moved = 0n;
  for (const { entries } of rowsNow(state, postingTable)) {
    for (const { account, amount } of entries) if (account === 'person') moved += amount;
  }
  return moved;
}
