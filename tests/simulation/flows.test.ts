/**
 * The flows alone, with a bank of messages instead of bytes and cashiers without an agent: three times as fast
 * as the whole, for whoever breaks something on purpose and asks how soon it is noticed.
 */
import { expect, test } from 'vitest';
import { runSimulation } from '../support/sim-run.ts';
import corpus from './corpus.json' with { type: 'json' };

const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 20);

test(`the flows alone keep the money right, over ${SEEDS} seeds and those that once found a bug`, async () => {
  const seeds = [
    ...corpus.map(({ seed }) => seed),
    ...Array.from({ length: SEEDS }, (_, i) => i + 1),
  ];
  for (const seed of seeds) {
    const { violations } = await runSimulation(seed);
    expect({ seed, violations }).toEqual({ seed, violations: [] });
  }
});
