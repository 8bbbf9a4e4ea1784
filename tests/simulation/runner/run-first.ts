import { runSeeds } from './pool.ts';
import { addRun, createTally } from './tally.ts';

/** Runs the seeds 1 to `count`; what failed is told by seed. */
export async function runFirst(count: number) {
  const tally = createTally();
  let seed = 1;
  await runSeeds({
    next: () => (seed <= count ? seed++ : undefined),
    onRun: (run) => addRun(tally, run),
  });
  const failures = tally.failures.map(({ plan, violations }) => ({ seed: plan.seed, violations }));
  return { tally, failures };
}
