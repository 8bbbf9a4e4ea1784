/**
 * `npm run failpoints`: every failpoint × every kind within one settlement, and every ordered pair of them,
 * on simulated engines with virtual time; afterwards the books are checked. See `--help`.
 *
 * A real engine on a real PostgreSQL, killed at each point: CHAOS_FAILPOINTS=all vitest run
 * tests/chaos/failpoint-kills.long.test.ts
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { wholeNumber } from '../support/whole-number.ts';
import type { Run } from './failpoint-matrix.ts';
import { allPairs, allSingles, readPoints, runOne, somePairs } from './failpoint-matrix.ts';
import { createFailpointTally, tableLines } from './failpoint-table.ts';

/** A point that is met more often than this is broken this often, one time after the other. */
const TIMES_MAX = 3;
const TELL_EVERY = 1_000;

type Options = {
  readonly allKinds?: true;
  readonly pairs?: number;
  readonly seed: number;
  readonly json?: string;
};

const options = new Command('failpoints')
  .description(
    'Breaks a simulated engine at each of its failpoints and at each two; checks the books.',
  )
  .option('--all-kinds', 'each pair with all 25 pairs of kinds (hours), not one each in turn')
  .option('--pairs <n>', 'so many pairs by chance instead of all', wholeNumber(1))
  .option('--seed <n>', 'which pairs', wholeNumber(1), 1)
  .option('--json <file>', 'writes the result there')
  .parse()
  .opts<Options>();

async function main(): Promise<void> {
  const points = await readPoints();
  const tally = createFailpointTally();
  const { pairs: count, seed, json } = options;
  const pairs =
    count === undefined
      ? allPairs(points, options.allKinds ? 'all' : 'in-turn')
      : somePairs(points, count, seed);
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
  process.stdout.write(`${tableLines(summary).join('\n')}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(summary, undefined, 2)}\n`);
  if (summary.failed.length > 0) process.exitCode = 1;
}

await main();
