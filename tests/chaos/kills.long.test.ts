import { expect, test } from 'vitest';
import { runChaos } from '../support/chaos/chaos-run.ts';

/**
 * The short share of `npm run chaos`, which draws its kills from a seed and goes on for hours: here three
 * of them, over lines that are as bad.
 */
test('whoever is killed under load: nothing acknowledged is lost, doubled or left one-sided', {
  timeout: 240_000,
}, async () => {
  const told: string[] = [];
  const { check, kills, violations, faults } = await runChaos({
    ...{ seed: 1, engines: 1, shops: 2, countersEach: 3, durationMs: 200_000 },
    kinds: ['backend', 'terminals', 'engine+bank'],
    ...{ kills: 3, checkEvery: 100, tell: (line) => told.push(line) },
  });
  expect(violations, told.join('\n')).toEqual([]);
  expect(Object.values(kills)).toEqual([1, 1, 1]);
  expect([check.lost, check.doubled, check.oneSided]).toEqual([0, 0, 0]);
  expect(check.approvedSales).toBeGreaterThan(20);
  expect(faults.database.broken ?? 0).toBeGreaterThan(0);
});

test('two engines on one database, one killed, one asleep: the same', {
  timeout: 240_000,
}, async () => {
  const told: string[] = [];
  const { check, kills, violations } = await runChaos({
    ...{ seed: 2, engines: 2, shops: 2, countersEach: 3, durationMs: 200_000 },
    kinds: ['engine', 'engine frozen', 'backend'],
    ...{ kills: 3, checkEvery: 100, tell: (line) => told.push(line) },
  });
  expect(violations, told.join('\n')).toEqual([]);
  expect(Object.values(kills)).toEqual([1, 1, 1]);
  expect([check.lost, check.doubled, check.oneSided]).toEqual([0, 0, 0]);
  expect(check.approvedSales).toBeGreaterThan(20);
});
