/** Goal: one key takes its own share of a minute, and others theirs. */
import { expect, test } from 'vitest';
import { createRateLimit } from '../../../../../engine/http/limits/rate-limit.ts';

test('a key that has taken its number waits for its next minute; another does not', () => {
  let at = 1_000;
  const limit = createRateLimit(2, () => at);
  expect([limit.take('a'), limit.take('a')]).toEqual([undefined, undefined]);
  at = 31_000;
  expect(limit.take('a')).toBe(30_000);
  expect(limit.take('b')).toBeUndefined();
  at = 61_000;
  expect(limit.take('a')).toBeUndefined();
});

test('a clock that is set back begins a new minute, and locks nobody out', () => {
  let at = 100_000;
  const limit = createRateLimit(1, () => at);
  limit.take('a');
  at = 10_000;
  expect(limit.take('a')).toBeUndefined();
});
