import type pg from 'pg';
import type {
  AnyPersonTable,
  Changed,
  Changes,
  PersonState,
  TableState,
} from '../tables/person-table.ts';
import { nowOf } from '../tables/person-table.ts';
import { type Part, part } from './part.ts';
import { writeStatement } from './write-statement.ts';

/** The statement for each kind of batch that has come by; there are few kinds. */
const statements = new Map<string, { readonly name: string; readonly text: string }>();

/**
 * Writes what the commands of a batch did: one prepared statement, one transaction. It fails whole
 * if anybody else wrote one of the people since they were read, or if entries do not balance.
 * @returns after the commit
 */
export async function postBatch(client: pg.Client, people: readonly PersonState[]): Promise<void> {
  const written = people.filter(({ isWritten }) => isWritten);
  const tables = written[0]?.tables ?? [];
  const parts = tables
    .flatMap(({ table }, i) => partsOf(table, written, i))
    .filter(({ rows }) => rows > 0);
  const kind = parts.map(({ name }) => name).join(' ');
  let statement = statements.get(kind);
  if (statement === undefined) {
    statement = { name: `write-${statements.size}`, text: writeStatement(parts) };
    statements.set(kind, statement);
  }
  await client.query({ ...statement, values: parts.flatMap(({ values }) => values) });
}

/**
 * The parts of a table, those without rows too.
 * @param i the table's place among those of each person
 */
export function partsOf(
  table: AnyPersonTable,
  people: readonly PersonState[],
  i: number,
): readonly Part[] {
  const changes = changesOf(people, i);
  if (table.parts) return table.parts(changes, people);
  const { added, changed } = changes;
  if (table.changing.length === 0) return [part(table.table, 'insert', table, added)];
  return [
    part(`new_${table.table}`, 'insert', table, added),
    part(table.table, 'update', table, nowOf(changed)),
  ];
}

function changesOf(people: readonly PersonState[], i: number): Changes<unknown> {
  const added: unknown[] = [];
  const changed: Changed<unknown>[] = [];
  for (const { tables } of people) {
    const { stored, now } = tables[i] ?? noRows;
    now.forEach((row, no) => {
      const before = stored[no];
      if (before === undefined) added.push(row);
      else if (before !== row) changed.push({ stored: before, now: row });
    });
  }
  return { added, changed };
}

const noRows: Pick<TableState, 'stored' | 'now'> = { stored: [], now: [] };
