import { describe, expect, test } from 'vitest';
import { curveArrivals, curveThrough, poissonArrivals } from '../../../../bench/load/arrivals.ts';
import { mulberry32 } from '../../../support/random.ts';

const minute = 60_000;
const arrive = (seed: number) =>
  poissonArrivals({ durationMs: minute, perSecond: 200, random: mulberry32(seed) });

describe('customers who come when they like', () => {
  test('as many as the rate says, rising, none after the end', () => {
    const arrivals = arrive(1);
    // 12,000 are expected; the standard deviation is about 110.
    expect(Math.abs(arrivals.length - 12_000)).toBeLessThan(500);
    expect(arrivals.every((at, i) => at >= (arrivals[i - 1] ?? 0))).toBe(true);
    expect(arrivals.at(-1)).toBeLessThan(minute);
  });

  test('waits are spread as in a Poisson process: their deviation is as large as their mean', () => {
    const arrivals = arrive(2);
    const waits = arrivals.slice(1).map((at, i) => at - (arrivals[i] ?? 0));
    const mean = waits.reduce((a, b) => a + b, 0) / waits.length;
    const variance = waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / waits.length;
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.05);
  });

  test('the same seed brings the same customers, another seed others', () => {
    expect(arrive(7)).toEqual(arrive(7));
    expect(arrive(7)).not.toEqual(arrive(8));
  });
});

describe('a morning with a rush', () => {
  test('the curve runs straight between its points and stays level outside', () => {
    const share = curveThrough([
      [0.2, 0.1],
      [0.4, 1],
      [1, 0.2],
    ]);
    expect([0, 0.2, 0.3, 0.4, 0.7, 1].map(share).map((value) => Number(value.toFixed(6)))).toEqual([
      0.1, 0.1, 0.55, 1, 0.6, 0.2,
    ]);
  });

  test('arrivals follow the curve: few come while the doors are shut', () => {
    const share = (time: number) => (time < 0.5 ? 0.1 : 1);
    const random = mulberry32(3);
    const plan = { durationMs: minute, peakPerSecond: 200, random, share };
    const arrivals = curveArrivals(plan);
    const early = arrivals.filter((at) => at < minute / 2).length;
    expect(early / (arrivals.length - early)).toBeCloseTo(0.1, 1);
  });
});
