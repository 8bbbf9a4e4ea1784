/** The audit is only worth something if it finds bugs: here are some, each found within a few seeds. */
import { describe, expect, test } from 'vitest';
import { plants } from './plants.ts';
import { runPlan } from './runner/run-one.ts';
import { shrink } from './runner/shrink.ts';
import { type Plan, planOf } from './world/plan.ts';

const SEEDS_MAX = 400;
type Planted = (typeof plants)[string];

async function firstFailing([plant, expected, rates]: Planted): Promise<Plan | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const swarm = planOf(seed);
    const plan: Plan = rates === undefined ? swarm : { ...swarm, crowd: 'many', rates };
    const { violations } = await runPlan(plan, { plant });
    if (violations.some(({ text }) => expected.test(text))) return plan;
  }
  return undefined;
}

describe('is found', () => {
  test.each(Object.entries(plants))('%s', { timeout: 120_000 }, async (_, planted) => {
    expect(await firstFailing(planted)).toBeDefined();
  });
});

test('a failing run is made smaller and still fails; without the bug it passes', async () => {
  const planted = plants['silence of the bank that is taken for a decline'];
  const plan = planted && (await firstFailing(planted));
  if (planted === undefined || plan === undefined) throw new Error('the bug is found');
  const [plant] = planted;
  const small = await shrink(plan, { plant, runsMax: 60 });
  const kinds = (of: Plan) => Object.keys(of.rates).length;
  expect(kinds(small)).toBeLessThan(kinds(plan));
  expect((await runPlan(small, { plant })).violations).not.toEqual([]);
  expect((await runPlan(small)).violations).toEqual([]);
});
