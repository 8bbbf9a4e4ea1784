import { expect, test } from 'vitest';
import { warmUpLines } from '../../../../bench/report/warm-up-lines.ts';
import { partOf } from '../scoreboard/load-figures.ts';

/** Goal: nobody trusts a run whose rounds still became faster. */

const tpcb = (tps: number) => ({ clients: 16, tps, latencyMs: 4 });

test('compares the first round with the last', () => {
  const rounds = [
    { closed64: partOf(29_000), tpcb: tpcb(3_000) },
    { closed64: partOf(10_000), tpcb: tpcb(1_000) },
    { closed64: partOf(30_000), tpcb: tpcb(3_100) },
  ];
  expect(warmUpLines(rounds)).toEqual([
    'first round by last round: 64 connections 0.97, T 0.97, engine CPU 1.03, PostgreSQL CPU 1.03',
  ]);
});

test('warns when they differ by more than 5 %', () => {
  const [, warning] = warmUpLines([{ closed64: partOf(32_660) }, { closed64: partOf(45_660) }]);
  expect(warning).toMatch(/^NOT WARM.* 64 connections, engine CPU, PostgreSQL CPU$/);
});

test('one round has nothing to be compared with', () => {
  expect(warmUpLines([{ closed64: partOf(30_000) }])).toEqual([]);
  expect(warmUpLines([{}, {}])).toEqual([]);
});
