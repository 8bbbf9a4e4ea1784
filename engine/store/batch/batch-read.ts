import type pg from 'pg';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { FactsNeed } from '../../domain/command.ts';
import type { Read } from '../tables/find-rows.ts';
import type { AnyPersonTable, PersonState } from '../tables/person-table.ts';
import { binaryArray } from './binary-array.ts';
import { addInvalidListHits, readInvalidLists } from './invalid-list-read.ts';
import { addRead, createPersonState } from './person-state.ts';

/** The people of a batch, by `personRowKey`. */
export type BatchState = ReadonlyMap<string, PersonState>;

/** One text per person, for maps and sets. */
export function personRowKey(key: PersonKey): string {
  return `${key.shard}/${key.personNo}`;
}

/**
 * Reads everything that the needs name, from one snapshot and in one round trip.
 * @param client one with `pipeline`; the statements are sent without waiting
 */
export async function readBatchState(
  client: pg.Client,
  tables: readonly AnyPersonTable[],
  needs: readonly FactsNeed[],
): Promise<BatchState> {
  const people = new Map<string, PersonState>();
  for (const { key } of needs) {
    const name = personRowKey(key);
    if (!people.has(name)) people.set(name, createPersonState(key, tables));
  }
  const [, found, listed] = await Promise.all([
    client.query('begin isolation level repeatable read read only'),
    Promise.all(tables.map((table) => readTable(client, table, needs))),
    readInvalidLists(client, needs),
    client.query('commit'),
  ]);
  for (const [i, table] of tables.entries()) {
    const stored = found[i] ?? [];
    if (stored.length === 0) continue;
    const rows = table.readAll ? await table.readAll(client, stored) : readEach(table, stored);
    for (const [no, { shard, person_no }] of stored.entries()) {
      const known = people.get(`${shard}/${person_no}`)?.tables[i];
      if (known) addRead(known, rows[no]);
    }
  }
  for (const state of people.values()) state.listSet = listed.setNo;
  addInvalidListHits((key) => people.get(personRowKey(key)), needs, listed);
  return people;
}

/** A row of a person as the driver gives it. */
type StoredRow = { readonly shard: number; readonly person_no: string };

async function readTable(
  client: pg.Client,
  { reads }: AnyPersonTable,
  needs: readonly FactsNeed[],
): Promise<readonly StoredRow[]> {
  const found = await Promise.all(reads.map((read) => readRows(client, read, needs)));
  return found.flat();
}

async function readRows(
  client: pg.Client,
  { name, text, keyOf, more }: Read,
  needs: readonly FactsNeed[],
): Promise<readonly StoredRow[]> {
  const asking: FactsNeed[] = [];
  const keys: (readonly (string | number)[])[] = [];
  for (const need of needs) {
    const key = keyOf(need);
    if (key === undefined) continue;
    asking.push(need);
    keys.push(key);
  }
  const [first] = keys;
  if (first === undefined) return [];
  const columns = first.map((value, i) =>
    // Shards are numbers, everything else that finds a row is text.
    binaryArray(
      typeof value === 'number' ? 'smallint' : 'text',
      keys.map((key) => key[i]),
    ),
  );
  const values = [...columns, ...(more?.(asking) ?? [])];
  const { rows } = await client.query<StoredRow>({ name: `read-${name}`, text, values });
  return rows;
}

function readEach({ read }: AnyPersonTable, stored: readonly StoredRow[]): readonly unknown[] {
  return read === undefined ? [] : stored.map((row) => read(row));
}
