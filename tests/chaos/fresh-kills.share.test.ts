import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runChaos } from '../support/chaos/chaos-run.ts';

const KILLS = 20;
const SEED_MAX = 1_000_000_000;

/** Other kills each time; the report names the seed. `npm run chaos -- --kills N` goes on for hours. */
test(`${KILLS} fresh kills under load: nothing acknowledged is lost, doubled or left one-sided`, {
  timeout: 1_800_000,
}, async () => {
  const told: string[] = [];
  const seed = randomInt(1, SEED_MAX);
  const { check, kills, violations } = await runChaos({
    ...{ seed, engines: 2, shops: 2, countersEach: 3, durationMs: 1_500_000 },
    ...{ kills: KILLS, checkEvery: KILLS, tell: (line) => told.push(line) },
  });
  expect(violations, [`seed ${seed}`, ...told].join('\n')).toEqual([]);
  expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBe(KILLS);
  expect([check.lost, check.doubled, check.oneSided]).toEqual([0, 0, 0]);
  expect(check.approvedSales).toBeGreaterThan(KILLS);
});
