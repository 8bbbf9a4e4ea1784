/**
 * The batch writer broken between its steps, on a real database: a command is carried out once and
 * its key answers the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailpointKind } from '../../../../engine/failpoints/failpoints.ts';
import { createFailpoints, failpointKinds } from '../../../../engine/failpoints/failpoints.ts';
import type { FailpointName } from '../../../../engine/failpoints/names.ts';
import { failpointNames } from '../../../../engine/failpoints/names.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { bill, ledgerProblems, openStore, query, seed } from './toy-store.ts';

const names = (Object.keys(failpointNames) as FailpointName[]).filter((name) =>
  name.startsWith('batch.'),
);
// A process that dies is for the tests that kill one.
const kinds = failpointKinds.filter((kind) => kind !== 'exit');
const cases = names.flatMap((name) => kinds.map((kind) => [name, kind] as const));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const HANG_MS = 50;
const sum = async (people: readonly string[]): Promise<string> => {
  const list = people.map((no) => `'${no}'`).join();
  const text = `select sum(account_balance)::text as sum from person where person_no in (${list})`;
  const [row] = await query(database.url, text);
  return String(row?.['sum']);
};

function openBroken(name: FailpointName, kind: FailpointKind, fired: () => void) {
  const order = { name, kind, ms: HANG_MS, nth: 1 };
  const { around } = createFailpoints([order], {
    sleep: (ms) => sleep(ms),
    exit: () => undefined,
    onFire: fired,
  });
  return openStore(database.url, { around });
}

describe('one batch of three people, broken once', () => {
  test.each(cases)('%s: %s', async (name, kind) => {
    const index = cases.findIndex((one) => one[0] === name && one[1] === kind);
    const people = [1, 2, 3].map((no) => `${index}00${no}`);
    await seed(database.url, Object.fromEntries(people.map((no) => [no, 1_000n])));
    let fired = 0;
    const store = openBroken(name, kind, () => {
      fired += 1;
    });
    const bills = people.map((no) => bill(no, 100n));
    const first = await Promise.all(bills.map(store.execute));
    const again = await Promise.all(bills.map(store.execute));
    await store.close();
    expect(fired).toBe(1);
    for (const [at, result] of again.entries()) {
      expect(result).toMatchObject({ ok: true, value: { answer: { outcome: 'approved' } } });
      const before = first[at];
      // Whoever was answered at once was answered the same; nobody was told that nothing was done.
      if (before?.ok && result.ok)
        expect(before.value.rendered.body).toBe(result.value.rendered.body);
      else expect(before).toMatchObject({ error: { kind: 'outcome-unknown' } });
    }
    expect(await sum(people)).toBe('2700');
    expect(await ledgerProblems(database.url)).toEqual([]);
  });
});
