import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runRange } from './runner/run-range.ts';

const SEEDS = 2_000;
/** Past the seeds that anybody begins with. */
const RANGE = { min: 1_000_000, max: 1_000_000_000 };

/** Other seeds each time. One that fails is run again, and made smaller, by `npm run sim -- --seed N`. */
test(`${SEEDS} fresh seeds: nothing lost, doubled or left one-sided`, {
  timeout: 1_800_000,
}, async () => {
  const { tally, failures } = await runRange(randomInt(RANGE.min, RANGE.max), SEEDS);
  expect(failures).toEqual([]);
  expect(tally).toMatchObject({ schedules: SEEDS, lost: 0, doubled: 0, oneSided: 0, broken: 0 });
});
