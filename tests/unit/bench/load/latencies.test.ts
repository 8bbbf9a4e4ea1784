import { expect, test } from 'vitest';
import { createLatencies } from '../../../../bench/load/latencies.ts';

test('percentiles of what was recorded, to three digits', () => {
  const latencies = createLatencies();
  for (let ms = 1; ms <= 1_000; ms += 1) latencies.record(ms);
  const { count, p50, p99, p999, max, mean } = latencies.figures();
  expect(count).toBe(1_000);
  for (const [found, exact] of [
    [p50, 500],
    [p99, 990],
    [p999, 999],
    [max, 1_000],
    [mean, 500.5],
  ] as const) {
    expect(Math.abs(found - exact) / exact).toBeLessThan(0.002);
  }
});

test('one slow answer in a hundred shows in the highest percentile and not in the middle', () => {
  const latencies = createLatencies();
  for (let i = 0; i < 99; i += 1) latencies.record(0.25);
  latencies.record(700_000);
  const { p50, max, curve } = latencies.figures();
  expect(p50).toBeCloseTo(0.25, 2);
  // Ten minutes are the end of the scale.
  expect(max / 600_000).toBeCloseTo(1, 2);
  expect(curve.map(([share]) => share)).toEqual(
    [...curve.map(([share]) => share)].sort((a, b) => a - b),
  );
});

test('nothing recorded is nought, not a fault', () => {
  expect(createLatencies().figures()).toMatchObject({ count: 0, mean: 0, p50: 0, max: 0 });
});
