/**
 * `npm run failpoints`: every failpoint × every kind within one settlement, and every ordered pair of them,
 * on simulated engines with virtual time; afterwards the books are checked. Exit code 1 if a check failed.
 *
 * Options: --kinds all (each pair with all 25 pairs of kinds, hours; otherwise one each, in turn)
 * --pairs N (so many chosen pairs instead of all) --seed N (which) --json (instead of the table)
 *
 * A real engine on a real PostgreSQL, killed at each point: CHAOS_FAILPOINTS=all vitest run
 * tests/chaos/failpoint-kills.long.test.ts
 */
import { parseArgs } from 'node:util';
import type { Run } from './failpoint-matrix.ts';
import { allPairs, allSingles, readPoints, runOne, somePairs } from './failpoint-matrix.ts';
import { createFailpointTally, tableLines } from './failpoint-table.ts';

/** A point that is met more often than this is broken this often, one time after the other. */
const TIMES_MAX = 3;
const TELL_EVERY = 1_000;

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'in-turn' },
    pairs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const points = await readPoints();
  const tally = createFailpointTally();
  const kinds = values.kinds === 'all' ? 'all' : 'in-turn';
  const pairs =
    values.pairs === undefined
      ? allPairs(points, kinds)
      : somePairs(points, Number(values.pairs), Number(values.seed));
  let done = 0;
  const runAll = async (runs: Iterable<Run>): Promise<void> => {
    for (const run of runs) {
      tally.add(await runOne(run));
      done += 1;
      if (done % TELL_EVERY === 0) process.stderr.write(`${done} runs …\n`);
    }
  };
  await runAll(allSingles(points, TIMES_MAX));
  await runAll(pairs);
  const summary = tally.summary();
  const lines = values.json ? [JSON.stringify(summary, undefined, 2)] : tableLines(summary);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (summary.failed.length > 0) process.exitCode = 1;
}

await main();
