// Goal: bytes out of a pool are as good as fresh ones: never given twice, never zeros that were wiped.
import { expect, test } from 'vitest';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { createRandomPool } from '../../../../engine/ops/random-pool.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each([10, 16, 1_000, 4_096])(
  '%d bytes at a time are new each time, over many fillings',
  (count) => {
    const randomBytes = createRandomPool();
    const given = Array.from({ length: 2_000 }, () => randomBytes(count));
    expect(given.every((bytes) => bytes.length === count)).toBe(true);
    expect(new Set(given.map(hex)).size).toBe(given.length);
  },
);

test('what was given stays as it is when the pool is wiped and filled anew', () => {
  const randomBytes = createRandomPool();
  const first = randomBytes(16);
  const before = hex(first);
  for (let i = 0; i < 1_000; i++) randomBytes(16);
  expect(hex(first)).toBe(before);
});

test('each byte value comes as often as the next', () => {
  const randomBytes = createRandomPool();
  const counts = new Array<number>(256).fill(0);
  for (let i = 0; i < 40_000; i++) {
    for (const byte of randomBytes(10)) counts[byte] = (counts[byte] ?? 0) + 1;
  }
  const expected = 400_000 / 256;
  // Ten standard deviations: never by chance, always when a block is not filled.
  for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(10 * expected ** 0.5);
});

test('more than the pool holds is refused, not cut short', () => {
  expect(() => createRandomPool()(4_097)).toThrow(InvariantViolation);
});
