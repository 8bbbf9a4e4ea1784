/**
 * Runs the simulator seed after seed until its audit finds something. To be run inside a copied tree.
 * `node tests/mutants/first-seed.ts 100` prints `{"seeds":17,"violation":"…"}`, without a violation when
 * all seeds were clean.
 */
import { runPlan } from '../simulation/runner/run-one.ts';
import { planOf } from '../simulation/world/plan.ts';

const most = Number(process.argv[2]);
let thrown: string | undefined;
// The days hold work that nobody waits for; what it throws is found all the same.
process.on('unhandledRejection', (reason) => {
  thrown ??= String(reason);
});

async function violationOf(seed: number): Promise<string | undefined> {
  try {
    const { violations } = await runPlan(planOf(seed));
    return violations[0]?.text ?? thrown;
  } catch (error) {
    return String(error);
  }
}

let violation: string | undefined;
let seeds = 0;
while (seeds < most && violation === undefined) {
  seeds += 1;
  violation = await violationOf(seeds);
}
process.stdout.write(`${JSON.stringify({ seeds, violation })}\n`);
