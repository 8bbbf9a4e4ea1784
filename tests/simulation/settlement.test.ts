/**
 * The real flows against a database, a bank and a network that fail, with engines that die and stand still.
 * SIM_SEEDS=20000 runs more seeds (from SIM_FIRST on), SIM_SEED=4711 one seed with its trace. A seed that ever failed goes into
 * corpus.json and is run for ever.
 */
import { describe, expect, test } from 'vitest';
import { runSimulation, type SimReport } from '../support/sim-run.ts';
import corpus from './corpus.json' with { type: 'json' };

const { SIM_FIRST, SIM_SEED, SIM_SEEDS } = process.env;
const SEEDS = Number(SIM_SEEDS ?? 300);
const PER_SEED_MS = 1_000;

async function runAll(seeds: readonly number[]): Promise<readonly SimReport[]> {
  const reports: SimReport[] = [];
  for (const seed of seeds) reports.push(await runSimulation(seed));
  return reports;
}

const failures = (reports: readonly SimReport[]): readonly string[] =>
  reports.flatMap(({ seed, violations }) =>
    violations.map((violation) => `seed ${seed}: ${violation}`),
  );

describe('whatever fails, the money is right in the end', () => {
  test('seeds that once found a bug', async () => {
    expect(failures(await runAll(corpus.map(({ seed }) => seed)))).toEqual([]);
  });

  test(SIM_SEED === undefined ? `${SEEDS} seeds` : `seed ${SIM_SEED}`, {
    timeout: 60_000 + SEEDS * PER_SEED_MS,
  }, async () => {
    if (SIM_SEED !== undefined) {
      const print = (line: string) => process.stdout.write(`${line}\n`);
      expect(failures([await runSimulation(Number(SIM_SEED), {}, print)])).toEqual([]);
      return;
    }
    const first = Number(SIM_FIRST ?? 1);
    const reports = await runAll(Array.from({ length: SEEDS }, (_, index) => first + index));
    expect(failures(reports)).toEqual([]);

    // A simulation in which nothing happens proves nothing.
    const seen = new Set(reports.flatMap((report) => [...report.seen.keys()]));
    for (const what of [
      'settlement posted cash',
      'settlement posted bank-debit',
      'settlement released bank-debit',
      'settlement refunded cash',
      'settlement refunded bank-debit',
      'leg sale declined',
      'leg sale not-sent',
      'leg sale reversed',
      'leg void approved',
      'leg void reversed',
      'leg refund approved',
      'leg refund declined',
      'answer PIN_WRONG',
      'answer PIN_LOCKED',
      'answer QUOTE_CHANGED',
      'answer CHALLENGE_USED',
      'host sale 12',
    ]) {
      expect(seen).toContain(what);
    }
  });

  test('a seed repeats exactly, and two seeds differ', async () => {
    const [first, again, other] = await runAll([77, 77, 78]);
    expect(again?.hash).toBe(first?.hash);
    expect(again?.seen).toEqual(first?.seen);
    expect(other?.hash).not.toBe(first?.hash);
  });
});
