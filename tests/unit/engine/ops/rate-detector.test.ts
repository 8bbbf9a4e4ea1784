// Goal: a server that dies once in a while is started again for ever; one that cannot live is given up.
import { expect, test } from 'vitest';
import { createRateDetector } from '../../../../engine/ops/rate-detector.ts';

const MINUTE = 60_000;
const timesIn = (isTooOften: (at: number) => boolean, moments: readonly number[]) =>
  moments.map(isTooOften);

test('six times within a minute, when five are allowed', () => {
  const isTooOften = createRateDetector({ times: 5, withinMs: MINUTE });
  const six = [0, 1, 2, 3, 4, MINUTE - 1];
  expect(timesIn(isTooOften, six)).toEqual([false, false, false, false, false, true]);
});

test('not six times in a minute and more, nor twenty in a day', () => {
  const isTooOften = createRateDetector({ times: 5, withinMs: MINUTE });
  const hourly = Array.from({ length: 20 }, (_, hour) => (hour + 1) * 3_600_000);
  expect(timesIn(isTooOften, [0, 1, 2, 3, 4, MINUTE, ...hourly])).not.toContain(true);
});
