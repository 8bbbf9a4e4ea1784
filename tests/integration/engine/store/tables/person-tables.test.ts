/**
 * A table of people costs one module and its place in the list: here is one that only this test knows. And
 * what
 * a command writes stays within one shard, whatever module or decision says otherwise.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonKey } from '../../../../../engine/base/ids/ids.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { Decision, Facts } from '../../../../../engine/domain/decision.ts';
import { partsOf } from '../../../../../engine/store/batch/post-batch.ts';
import {
  type ColumnsOf,
  keyOf as keyOfRow,
  personKey,
  type StoredOf,
  smallint,
  text,
} from '../../../../../engine/store/tables/column.ts';
import { byPerson, findRows } from '../../../../../engine/store/tables/find-rows.ts';
import type {
  AnyPersonTable,
  PersonTable,
} from '../../../../../engine/store/tables/person-table.ts';
import { personTables } from '../../../../../engine/store/tables/person-tables.ts';
import { tableOf } from '../../../../../engine/store/tables/table.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../../support/postgres/test-database.ts';
import {
  answers,
  bill,
  decideBill,
  keyOf,
  ledgerProblems,
  openStore,
  query,
  seed,
} from '../toy-store.ts';

type Visit = { readonly key: PersonKey; readonly visitNo: number; readonly ward: string };

declare module '../../../../../engine/domain/decision.ts' {
  interface Facts {
    readonly testVisits?: readonly Visit[];
  }
  interface Writes {
    readonly testVisit?: Visit;
  }
}

const columns = {
  ...personKey('fixed'),
  visit_no: smallint('key', (visit) => visit.visitNo),
  ward: text('changing', (visit) => visit.ward),
} satisfies ColumnsOf<Visit>;

function read(row: StoredOf<typeof columns>): Visit {
  return { key: keyOfRow(row), visitNo: row.visit_no, ward: row.ward };
}

const visitTable = {
  ...tableOf('test_visit', columns),
  reads: [findRows('testVisit', 'test_visit', byPerson, [])],
  read,
  rowKey: ({ visitNo }) => `${visitNo}`,
  facts: (visits) => ({ testVisits: [...visits] }),
  written: ({ testVisit }) => (testVisit === undefined ? [] : [testVisit]),
} satisfies PersonTable<Visit>;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
});
afterAll(() => database.drop());

/** A store with one table more, whose decisions write what `more` says beside the bill. */
function openWith(
  table: AnyPersonTable,
  more: (command: Command, facts: Facts) => Partial<Decision['writes']>,
) {
  const decide = (command: Command, facts: Facts): Decision => {
    const decision = decideBill(command, facts);
    return { ...decision, writes: { ...decision.writes, ...more(command, facts) } };
  };
  return openStore(database.url, { tables: [...personTables, table], decide });
}

describe('a table that the list did not have', () => {
  test('is read, told, inserted and updated like the others', async () => {
    await query(
      database.url,
      `create table test_visit (shard smallint, person_no text, visit_no smallint, ward text,
        primary key (shard, visit_no))`,
    );
    await seed(database.url, { A: 1_000n });
    const told: (readonly Visit[] | undefined)[] = [];
    const store = openWith(visitTable, ({ key }, { testVisits }) => {
      told.push(testVisits);
      const ward = `ward ${told.length}`;
      return { testVisit: { key, visitNo: Math.min(told.length, 2), ward } };
    });
    // Two in one batch, and one that reads what they wrote.
    await answers([store.execute(bill('A', 1n)), store.execute(bill('A', 2n))]);
    await answers([store.execute(bill('A', 3n))]);
    await store.close();
    const visit = (visitNo: number, ward: string) => ({ key: keyOf('A'), visitNo, ward });
    expect(told).toEqual([[], [visit(1, 'ward 1')], [visit(1, 'ward 1'), visit(2, 'ward 2')]]);
    expect(await query(database.url, 'select visit_no, ward from test_visit order by 1')).toEqual([
      { visit_no: 1, ward: 'ward 1' },
      { visit_no: 2, ward: 'ward 3' },
    ]);
  });
});

describe('what one command writes carries one shard', () => {
  test('a decision that writes a row of another shard fails alone', async () => {
    await seed(database.url, { B: 1_000n, C: 1_000n });
    const store = openWith(visitTable, ({ key }) => {
      const isForged = key.personNo === 'C';
      const shard = isForged ? (key.shard + 1) % 16 : key.shard;
      return { testVisit: { key: { ...key, shard }, visitNo: 3, ward: 'forged' } };
    });
    const both = [store.execute(bill('B', 1n)), store.execute(bill('C', 1n))];
    expect(await answers(both)).toEqual(['"balance 999"', 'unavailable']);
    await store.close();
    expect(
      await query(database.url, 'select person_no from test_visit where visit_no = 3'),
    ).toEqual([{ person_no: 'B' }]);
  });

  test.each([
    ['a reference table', 'card_owner', 'and says that its key begins with the shard'],
    ['a table whose key does not begin with the shard', 'institution', 'and has none'],
  ])('a module of %s, %s, is refused, and what goes with it', async (_, name) => {
    await seed(database.url, { D: 1_000n, E: 1_000n });
    const before = await query(database.url, `select * from ${name}`);
    const forged = name === 'card_owner' ? { ...visitTable, table: name } : noShard(name);
    const store = openWith(forged, ({ key }) =>
      key.personNo === 'E' ? { testVisit: { key, visitNo: 4, ward: 'forged' } } : {},
    );
    const both = [store.execute(bill('D', 1n)), store.execute(bill('E', 1n))];
    expect((await answers(both))[1]).toBe('unavailable');
    await store.close();
    expect(await query(database.url, `select * from ${name}`)).toEqual(before);
    expect(
      await query(database.url, "select account_balance from person where person_no = 'E'"),
    ).toEqual([{ account_balance: '1000' }]);
    expect(await ledgerProblems(database.url)).toEqual([]);
  });

  test.each(personTables.map((table) => [table.table, table] as const))(
    'each row that %s writes is found by the shard first',
    async (_, table) => {
      for (const { action, table: written } of partsOf(table, [], 0)) {
        if (action === 'rows') continue;
        const [{ names }] = (await query(
          database.url,
          `select array_agg(a.attname::text order by k.no) as names from pg_index i
           cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, no)
           join pg_attribute a on (a.attrelid, a.attnum) = (i.indrelid, k.attnum)
           where i.indrelid = '${written.table}'::regclass and i.indisprimary`,
        )) as [{ names: string[] }];
        const own = written.key.map(({ name, equals }) => equals ?? name);
        expect([own[0], names[0]]).toEqual(['shard', 'shard']);
        // The rest may be what the database numbers, or what a row is guarded by besides.
        expect(names).toEqual(expect.arrayContaining(own.filter((name) => name !== 'state')));
      }
    },
  );
});

function noShard(name: string): AnyPersonTable {
  const { key, fixed, ...rest } = visitTable;
  return { ...rest, table: name, key: key.slice(1), fixed };
}
