/**
 * The real flows, jobs, bank client and terminal agent in virtual time, against everything that can fail.
 * `npm run sim` runs more seeds. A run that ever failed goes into corpus/ and is run for ever.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readReplay } from './runner/replay-file.ts';
import { runPlan } from './runner/run-one.ts';
import { runRange } from './runner/run-range.ts';
import type { Figures } from './runner/tally.ts';
import { planOf } from './world/plan.ts';

/** `npm test` runs more, and `npm run test:long` sees to it that everything comes about in them. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 16);
const corpus = join(import.meta.dirname, 'corpus');
const program = fileURLToPath(new URL('./run-sim.ts', import.meta.url));

describe('whatever fails, the money is right in the end', () => {
  test.each(readdirSync(corpus))('%s, a run that once found a bug', async (name) => {
    const { plan } = readReplay(join(corpus, name));
    const { violations } = await runPlan(plan);
    expect(violations).toEqual([]);
  });

  test(`${SEEDS} seeds`, { timeout: 300_000 }, async () => {
    const { failures } = await runRange(1, SEEDS);
    expect(failures).toEqual([]);
  });
});

test('a seed repeats byte for byte in another process, and two seeds differ', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-sim-test-'));
  const traceOf = (seed: number, name: string): string => {
    const [trace, json] = [join(folder, `${name}.txt`), join(folder, `${name}.json`)];
    const args = [program, '--seed', String(seed), '--trace', trace, '--json', json];
    execFileSync(process.execPath, args);
    const figures = JSON.parse(readFileSync(json, 'utf8')) as Figures;
    expect(figures).toMatchObject({ schedules: 1, lost: 0, doubled: 0, oneSided: 0 });
    return readFileSync(trace, 'utf8');
  };
  const [first, again, other] = [traceOf(77, 'a'), traceOf(77, 'b'), traceOf(78, 'c')];
  rmSync(folder, { recursive: true });
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test('a fault less moves no other fault', async () => {
  const plan = planOf(12);
  const { 'card.listed': _, ...rates } = plan.rates;
  const [whole, less] = [await runPlan(plan), await runPlan({ ...plan, rates })];
  expect(whole.faults.get('card.listed')).toBeGreaterThan(0);
  expect(less.faults.get('card.listed')).toBeUndefined();
  expect(less.faults.get('engine.dies')).toBe(whole.faults.get('engine.dies'));
});
