import { runSeeds } from './pool.ts';
import { addRun, createTally } from './tally.ts';

/** Runs `count` seeds from `first` on; what failed is told by seed. */
export async function runRange(first: number, count: number) {
  const tally = createTally();
  let seed = first;
  await runSeeds({
    next: () => (seed < first + count ? seed++ : undefined),
    onRun: (run) => addRun(tally, run),
  });
  const failures = tally.failures.map(({ plan, violations }) => ({ seed: plan.seed, violations }));
  return { tally, failures };
}
