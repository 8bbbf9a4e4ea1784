import { expect, test } from 'vitest';
import { median, percentile, slopeOf } from '../../../../bench/report/figures.ts';

test('a median is not moved by the order or by one wild value', () => {
  expect(median([3_809, 940, 3_548])).toBe(3_548);
  expect(median([4, 1])).toBe(2.5);
  expect(() => median([])).toThrow('needs values');
});

test('a percentile is a value that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([9, 8], 0)).toBe(8);
});

test('a slope is that of the line through the points, whatever scatters around it', () => {
  const rising = [0, 1, 2, 3, 4, 5].map((x) => [x, 200 + 3 * x + (x % 2 ? 1 : -1)] as const);
  const { slope, error } = slopeOf(rising);
  expect(slope).toBeCloseTo(3, 0);
  expect(error).toBeGreaterThan(Math.abs(slope - 3) / 2);
  expect(slopeOf(rising.map(([x]) => [x, 240] as const))).toEqual({ slope: 0, error: 0 });
  expect(() => slopeOf([[1, 1]])).toThrow('two different places');
});
