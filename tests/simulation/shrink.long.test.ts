import { expect, test } from 'vitest';
import { allPlants } from '../plants/all-plants.ts';
import { firstFailing } from '../plants/try-plant.ts';
import { runPlan } from './runner/run-one.ts';
import { shrink } from './runner/shrink.ts';
import type { Plan } from './world/plan.ts';

test('a failing run is made smaller and still fails; without the bug it passes', async () => {
  const bug = allPlants.find(({ name }) => name === 'silence-taken-for-a-decline');
  if (bug?.kind !== 'simulator') throw new Error('the bug is a simulated one');
  const failing = await firstFailing(bug.planted);
  if (failing === undefined) throw new Error('the bug is found');
  const { plant } = bug.planted;
  const { plan } = failing;
  const small = await shrink(plan, { plant, runsMax: 60 });
  const kinds = (of: Plan) => Object.keys(of.rates).length;
  expect(kinds(small)).toBeLessThan(kinds(plan));
  expect((await runPlan(small, { plant })).violations).not.toEqual([]);
  expect((await runPlan(small)).violations).toEqual([]);
});
