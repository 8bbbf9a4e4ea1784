/**
 * Runs simulated days until one of them shows a violation. To be run inside a copied tree.
 * `node tests/mutants/first-seed.ts 400` prints `{"seeds":17,"violation":"…"}`, without a violation when
 * all seeds were clean.
 */
import { runSimulation } from '../support/sim-run.ts';

const most = Number(process.argv[2]);
let thrown: string | undefined;
// The days hold work that nobody waits for; what it throws is found all the same.
process.on('unhandledRejection', (reason) => {
  thrown ??= String(reason);
});

async function violationOf(seed: number): Promise<string | undefined> {
  try {
    const { violations } = await runSimulation(seed);
    return violations[0] ?? thrown;
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
