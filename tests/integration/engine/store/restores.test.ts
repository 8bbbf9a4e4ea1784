/** Goal: what is noted of a restore holds in a real database, also when engines see it together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchRestores } from '../../../../engine/compose/restores.ts';
import { openRestores } from '../../../../engine/store/restores/restores.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** 2026-11-22 10:00 in China. */
const AT = Date.parse('2026-11-22T10:00:00+08:00');

let database: TestDatabase;
let restores: ReturnType<typeof openRestores>;
beforeAll(async () => {
  database = await createTestDatabase();
  restores = openRestores(database.url);
});
afterAll(async () => {
  await restores.close();
  await database.drop();
});

const order = { at: AT, cards: 'tried', tracesGiven: undefined } as const;

async function watch(dataDir: string) {
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  const log = { info: note, warn: note, error: note };
  const config = { dataDir, policyPollMs: 60_000 };
  const options = { config, databaseUrl: database.url, clock: { now: () => AT }, log };
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  return { events, close, ...(await watchRestores(options, stops)) };
}

test('the first start of several engines is noted once, and is no restore', async () => {
  const watches = await Promise.all([1, 2, 3].map(() => watch(temporaryFolder())));
  const state = await restores.read();
  expect(state).toMatchObject({ isSameDatabase: true, areListsOutdated: false, tracesGiven: 0n });
  expect(watches.flatMap(({ events }) => events)).toEqual([]);
  for (const each of watches) await each.close();
});

test('the numbers go on at the millisecond, or beyond what is known', async () => {
  const first = await restores.note({ ...order, cause: 'operator' });
  const { tracesGiven } = await restores.read();
  expect(Number(tracesGiven)).toBeGreaterThanOrEqual(AT - Date.UTC(2025, 0, 1));
  expect(first?.batch).toBe(Math.floor(Number(tracesGiven) / 999_999) + 1);
  // A clock that stands still, or was set back, is not followed.
  await restores.note({ ...order, cause: 'operator' });
  const again = (await restores.read()).tracesGiven;
  expect(again).toBeGreaterThan(tracesGiven);
  await restores.note({ ...order, cause: 'operator', tracesGiven: again + 5_000_000n });
  expect((await restores.read()).tracesGiven).toBeGreaterThan(again + 5_000_000n);
});

test('a block behind the last one is not used, by whichever of two engines', async () => {
  const [one, two] = [await watch(temporaryFolder()), await watch(temporaryFolder())];
  const { tracesGiven } = await restores.read();
  expect(await one.traces.accept(tracesGiven + 100n)).toBe(true);
  expect(await Promise.all([one.traces.accept(100n), two.traces.accept(100n)])).toEqual([
    false,
    false,
  ]);
  const moved = (await restores.read()).tracesGiven;
  expect(moved).toBeGreaterThan(tracesGiven + 100n);
  expect(await one.traces.accept(moved + 100n)).toBe(true);
  expect(await two.traces.accept(moved + 200n)).toBe(true);
  expect(one.events.concat(two.events)).toContain('database-restore-noticed');
  await one.close();
  await two.close();
});
