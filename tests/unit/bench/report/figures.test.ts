import { expect, test } from 'vitest';
import { median, percentile } from '../../../../bench/report/figures.ts';

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
