/** The plain way to write: all or nothing, within limits, and once more where the database undid it. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { invariant } from '../../../../../engine/base/errors/result.ts';
import { StoreUnavailable } from '../../../../../engine/ports/store.ts';
import { openDatabase } from '../../../../../engine/store/connection/database.ts';
import { sqlStateOf } from '../../../../../engine/store/connection/database-errors.ts';
import { defaultStoreLimits } from '../../../../../engine/store/create-store.ts';
import { inTransaction } from '../../../../../engine/store/reference/in-transaction.ts';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../../support/postgres/test-database.ts';

let testDatabase: TestDatabase;
let database: ReturnType<typeof openDatabase>;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, defaultStoreLimits);
});
afterAll(async () => {
  await database.destroy();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.deleteFrom('institution').execute();
  await database.insertInto('institution').values(['A', 'B'].map(institution)).execute();
});

function institution(code: string) {
  const place = { care_place_kind: 'hospital', care_place_level: 2, is_community: false } as const;
  return { code, name: 'as it was', region: '441900', ...place, care_place_marks: [] };
}

const rename = (on: typeof database, code: string, name: string) =>
  on.updateTable('institution').set({ name }).where('code', '=', code).execute();

async function names(): Promise<readonly string[]> {
  const rows = await database.selectFrom('institution').select('name').orderBy('code').execute();
  return rows.map(({ name }) => name);
}

test('gives what the work gives, and keeps all that it wrote', async () => {
  const given = await inTransaction(database, async (transaction) => {
    await rename(transaction, 'A', 'new A');
    await rename(transaction, 'B', 'new B');
    return 'done';
  });
  expect(given).toBe('done');
  expect(await names()).toEqual(['new A', 'new B']);
});

test('keeps nothing of work that fails, and does it once only', async () => {
  let times = 0;
  const work = inTransaction(database, async (transaction) => {
    times += 1;
    await rename(transaction, 'A', 'new A');
    invariant(false, 'no');
  });
  await expect(work).rejects.toThrow('no');
  expect([times, await names()]).toEqual([1, ['as it was', 'as it was']]);
});

test('a row that must be there and is not is no database that is away', async () => {
  const work = inTransaction(database, (transaction) =>
    transaction
      .selectFrom('institution')
      .select('name')
      .where('code', '=', 'C')
      .executeTakeFirstOrThrow(),
  );
  await expect(work).rejects.toThrow('no result');
});

test('of two that wait for each other, the one that the database undid is done again', async () => {
  let arrived = 0;
  let open: () => void = () => undefined;
  const bothArrived = new Promise<void>((resolve) => {
    open = resolve;
  });
  let times = 0;
  const crossing = (first: string, second: string) =>
    inTransaction(
      database,
      async (transaction) => {
        times += 1;
        await rename(transaction, first, `by ${first}`);
        arrived += 1;
        if (arrived === 2) open();
        await bothArrived;
        await rename(transaction, second, `by ${first}`);
      },
      { lockTimeoutMs: 4_000 },
    );
  await Promise.all([crossing('A', 'B'), crossing('B', 'A')]);
  expect(times).toBe(3);
  const [first, second] = await names();
  expect(first).toBe(second);
});

test('a failure that repeats itself is told in the end', async () => {
  let times = 0;
  const work = inTransaction(database, async (transaction) => {
    times += 1;
    await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(transaction);
  });
  expect(sqlStateOf(await work.catch((error: unknown) => error))).toBe('40001');
  expect(times).toBe(3);
});

test('a statement that takes too long is cut off: try again later', async () => {
  const work = inTransaction(
    database,
    (transaction) => sql`select pg_sleep(30)`.execute(transaction),
    { statementTimeoutMs: 50 },
  );
  await expect(work).rejects.toThrow(StoreUnavailable);
});

test('whoever waits too long for a lock is told so, and the limit ends with the transaction', async () => {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isLocked: () => void = () => undefined;
  const locked = new Promise<void>((resolve) => {
    isLocked = resolve;
  });
  const holder = inTransaction(database, async (transaction) => {
    await rename(transaction, 'A', 'held');
    isLocked();
    await held;
  });
  await locked;
  const waiter = inTransaction(database, (transaction) => rename(transaction, 'A', 'waited'), {
    lockTimeoutMs: 20,
  });
  expect(sqlStateOf(await waiter.catch((error: unknown) => error))).toBe('55P03');
  letGo();
  await holder;
  const settings = await Promise.all(
    [1, 2, 3, 4].map(() => sql<{ lock_timeout: string }>`show lock_timeout`.execute(database)),
  );
  expect(new Set(settings.map(({ rows }) => rows[0]?.lock_timeout))).toEqual(new Set(['1s']));
});

test('a database that is away is told apart from work that fails', async () => {
  const away = openDatabase('postgres://nobody@127.0.0.1:1/none', defaultStoreLimits);
  await expect(inTransaction(away, (t) => rename(t, 'A', 'new'))).rejects.toThrow(StoreUnavailable);
  await away.destroy();
});
