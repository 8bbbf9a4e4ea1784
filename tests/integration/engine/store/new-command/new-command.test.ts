/**
 * What a new command with a table of its own costs: a module each, a migration, and a line in each list. The
 * batch writer takes both as it takes the engine's own.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PersonNo } from '../../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { commandKinds, createCommandKinds } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { createStore } from '../../../../../engine/store/create-store.ts';
import { personTables } from '../../../../../engine/store/tables/person-tables.ts';
import { MORNING, policy, settleBill } from '../../../../support/domain/builders.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { cardIdOf, keyOf, query, seed } from '../toy-store.ts';
import type { AddNote } from './add-note.ts';
import { addNote } from './add-note.ts';
import { noteMigration, noteTable } from './note-table.ts';

const kindOf = createCommandKinds([...commandKinds, addNote]);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await query(database.url, noteMigration);
  await seed(database.url, { A: 1_000n, B: 1_000n });
});
afterEach(() => database.drop());

function open() {
  const store = createStore<Command | AddNote>({
    url: database.url,
    decide: createDecide(() => policy, {}, kindOf),
    kindOf,
    tables: [...personTables, noteTable],
    now: () => performance.now(),
    log: () => undefined,
  });
  return {
    store,
    note: (personNo: string, text: string) =>
      store.execute({ type: 'add-note', key: keyOf(personNo), at: MORNING, text }),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

const stored = () => query(database.url, 'select person_no, note_no, text from note order by 1, 2');

test('a later command of the batch sees what an earlier one wrote, and each person has their own', async () => {
  await using counter = open();
  const results = await Promise.all([
    counter.note('A', 'first'),
    counter.note('A', 'second'),
    counter.note('A', 'first'),
    counter.note('B', 'other'),
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(await stored()).toEqual([
    { person_no: 'A', note_no: 1, text: 'first' },
    { person_no: 'A', note_no: 2, text: 'second' },
    { person_no: 'B', note_no: 1, text: 'other' },
  ]);
});

test('what was committed is read by the next batch', async () => {
  await using counter = open();
  await counter.note('A', 'first');
  await counter.note('A', 'first');
  await counter.note('A', 'second');
  expect(await stored()).toHaveLength(2);
});

test('it stands beside the engine’s own commands in one batch', async () => {
  await using counter = open();
  const [noted, settled] = await Promise.all([
    counter.note('A', 'first'),
    counter.store.execute(settleBill({ key: keyOf('B'), cardId: cardIdOf('B') })),
  ]);
  expect(noted.ok).toBe(true);
  expect(settled.ok && settled.value.answer.kind).not.toBe('unknown');
  expect(await stored()).toHaveLength(1);
});

test('nobody’s note is not written', async () => {
  await using counter = open();
  const nobody = { ...keyOf('A'), personNo: 'Z' as PersonNo };
  await counter.store.execute({ type: 'add-note', key: nobody, at: MORNING, text: 'lost' });
  expect(await stored()).toEqual([]);
});

test('two commands of one type are not taken', () => {
  expect(() => createCommandKinds([...commandKinds, addNote, addNote])).toThrow('one type');
});
