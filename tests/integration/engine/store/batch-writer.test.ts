import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../../engine/ports/store.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import { bill, decideBill, ledgerProblems, openStore, query, seed } from './counter.ts';

let database: TestDatabase;
let open: (Store & { close(): Promise<void> })[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await Promise.all(open.map((store) => store.close()));
  open = [];
  await database.drop();
});

function start(...options: Parameters<typeof openStore> extends [string, ...infer Rest] ? Rest : never) {
  const store = openStore(database.url, ...options);
  open.push(store);
  return store;
}

async function answers(results: ReturnType<Store['execute']>[]): Promise<string[]> {
  const settled = await Promise.all(results);
  return settled.map((result) => (result.ok ? result.value.answer.body : result.error.kind));
}

describe('a batch', () => {
  test('lets a later bill of a person see what an earlier one took', async () => {
    await seed(database.url, { A: 1_000n });
    const store = start();
    const results = [400n, 400n, 400n, 200n].map((amount) => store.execute(bill('A', amount)));
    expect(await answers(results)).toEqual([
      '"balance 600"',
      '"balance 200"',
      '"balance 200"',
      '"balance 0"',
    ]);
    expect(await query(database.url, 'select version, account_balance from person')).toEqual([
      { version: 1, account_balance: '0' },
    ]);
    expect(await ledgerProblems(database.url)).toEqual([]);
  });
});
