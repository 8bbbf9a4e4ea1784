/** Bugs that need PostgreSQL, or the simulator, whose audit must find each within a few seeds. */
import { afterAll, describe, expect, test } from 'vitest';
import { allPlants } from './all-plants.ts';
import { stopDatabases } from './database.ts';
import { tryPlant } from './try-plant.ts';

const slow = allPlants.filter((bug) => bug.kind === 'simulator' || bug.isSlow);
afterAll(stopDatabases);

describe('is caught, and the honest engine passes', () => {
  test.each(slow.map((bug) => [bug.name, bug] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, bug) => {
      expect(await tryPlant(bug)).toMatchObject({ verdict: 'caught' });
    },
  );
});
