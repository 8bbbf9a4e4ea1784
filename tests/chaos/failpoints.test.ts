/**
 * Whatever step of a settlement breaks in whatever way, the money is right in the end and nothing stays
 * open. A share of `npm run failpoints` (tests/chaos/run-failpoints.ts): every name and kind, and some
 * pairs; in
 * `npm test` more of them. FAILPOINT_SEED=n chooses others.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { failpointKinds } from '../../engine/failpoints/failpoints.ts';
import { failpointNames } from '../../engine/failpoints/names.ts';
import type { Plant } from '../simulation/world/engine.ts';
import type { Points, Run } from './failpoint-matrix.ts';
import { describeRun, eachSingleOnce, readPoints, runOne, somePairs } from './failpoint-matrix.ts';

const SEED = Number(process.env['FAILPOINT_SEED'] ?? 1);
const PAIRS = Number(process.env['FAILPOINT_PAIRS'] ?? 150);

let points: Points;
beforeAll(async () => {
  points = await readPoints();
});

/** What failed, and how many of the runs came by all their points. */
async function runAll(runs: Iterable<Run>, plant: Plant = {}) {
  const failures: string[] = [];
  let whole = 0;
  for (const run of runs) {
    const { violations, fired } = await runOne(run, plant);
    if (fired === run.orders.length) whole += 1;
    for (const violation of violations) failures.push(`${describeRun(run)}: ${violation}`);
  }
  return { failures, whole };
}

describe('broken at a failpoint', () => {
  test('no name is dead: each is met by some flow', () => {
    const met = new Set([...points.values()].flatMap((counts) => [...counts.keys()]));
    expect(Object.keys(failpointNames).filter((name) => !met.has(name as never))).toEqual([]);
  });

  test('each name × each kind, within one settlement', { timeout: 120_000 }, async () => {
    const { failures, whole } = await runAll(eachSingleOnce(points, SEED));
    expect(failures).toEqual([]);
    expect(whole).toBe(Object.keys(failpointNames).length * failpointKinds.length);
  });

  test(`${PAIRS} ordered pairs within one settlement`, { timeout: 120_000 }, async () => {
    const { failures, whole } = await runAll(somePairs(points, PAIRS, SEED));
    expect(failures).toEqual([]);
    expect(whole).toBeGreaterThan(PAIRS / 5);
  });
});

const declined = {
  ...{ responseCode: '05', rrn: '', authCode: undefined },
  ...{ hostTime: '', hostDate: '1122', issuerAuthData: undefined },
};

const plants: Readonly<Record<string, readonly [Plant, string]>> = {
  'silence of the bank that is taken for a decline': [
    {
      bank: (bank) => ({
        ...bank,
        async sale(sale) {
          const outcome = await bank.sale(sale);
          return outcome.kind === 'unknown' ? { kind: 'declined', reply: declined } : outcome;
        },
      }),
    },
    'the settlement says 0 (released)',
  ],
  'request keys that are forgotten': [
    {
      decide: (decide) => (command, facts) =>
        decide(command, command.type === 'settle-bill' ? { ...facts, requests: [] } : facts),
    },
    'a final answer was changed',
  ],
  'a reversal that is believed before it was sent': [
    {
      bank: (bank) => ({
        ...bank,
        reverse: async () => ({ kind: 'answered', responseCode: '00', final: true }),
      }),
    },
    'the settlement says 0 (released)',
  ],
};

describe('the checks find', () => {
  test.each(Object.entries(plants))('%s', async (_, [plant, expected]) => {
    const { failures } = await runAll(somePairs(points, 60, SEED), plant);
    expect(failures.join('\n')).toContain(expected);
  });
});
