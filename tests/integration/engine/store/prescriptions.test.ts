// Goal: two engines on one database do not sell one prescription twice, however close the two sales are.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { card, MORNING, person, policy, settleBill } from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from './toy-store.ts';

let database: TestDatabase;
let engines: ReturnType<typeof createStore<Command>>[];
beforeEach(async () => {
  database = await createTestDatabase();
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertPersons([person()]);
  await seeds.insertCards([card()]);
  await seeds.close();
  engines = [1, 2].map(() =>
    createStore({
      url: database.url,
      decide: createDecide(() => policy),
      now: () => performance.now(),
      log: () => undefined,
    }),
  );
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  await database.drop();
});

test('sales of two engines at the same moment: one is approved for each prescription', async () => {
  const sales = Array.from({ length: 24 }, (_, i) => {
    const at = MORNING + i;
    const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
    const prescriptionNo = `RX-${i % 3}`;
    return settleBill({ name: `sale-${i}`, at, chip, prescriptionNo, useAccount: false });
  });
  const [one, other] = engines;
  if (one === undefined || other === undefined) throw new Error('two engines run');
  const results = await Promise.all(
    sales.map((sale, i) => (i % 2 === 0 ? one : other).execute(sale)),
  );
  const codes = results.map((result) =>
    result.ok ? (result.value.answer.code ?? 'approved') : result.error.kind,
  );
  // The chip's challenges of a card rise, so that a sale that comes late may be refused for that alone.
  expect(new Set(codes)).toContain('DUPLICATE_PRESCRIPTION');
  const standing = await query(
    database.url,
    'select prescription_no, count(*)::int as sold from settlement group by 1 order by 1',
  );
  expect(standing.length).toBeGreaterThan(0);
  expect(standing.every(({ sold }) => sold === 1)).toBe(true);
});
