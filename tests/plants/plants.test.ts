/**
 * The planted bugs that a check must notice, and that honest parts pass; what needs a database or the
 * simulator takes longer.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allPlants } from './all-plants.ts';
import { pagePath, plantsPage } from './plants-page.ts';
import { tryPlant } from './try-plant.ts';

const checked = allPlants.filter((bug) => bug.kind === 'check' && !bug.isSlow);

describe('is caught by its check, and the honest part passes', () => {
  test.each(checked.map((bug) => [bug.name, bug] as const))('%s', async (_, bug) => {
    expect(await tryPlant(bug)).toMatchObject({ verdict: 'caught' });
  });
});

test('no two bugs have one name, and each row of the table is one sentence', () => {
  const names = allPlants.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  const odd = allPlants.filter(
    ({ name, bug, breaks }) => !/^[a-z0-9-]+$/.test(name) || /[|\n]/.test(bug + breaks),
  );
  expect(odd).toEqual([]);
});

test('the table is the present one: npm run mutants writes it', () => {
  expect(readFileSync(pagePath, 'utf8')).toBe(plantsPage());
});
