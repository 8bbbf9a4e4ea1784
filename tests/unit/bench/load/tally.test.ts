import { expect, test } from 'vitest';
import { createTally } from '../../../../bench/load/tally.ts';

const approved = { status: 200, retryAfter: undefined, body: '{"outcome":"approved","x":1}' };
const busy = { status: 503, retryAfter: 1, body: '{"code":"BUSY"}' };

test('a settlement counts from when it was due, a refusal from when it was sent', () => {
  const tally = createTally(1_000);
  tally.count(approved, { due: 1_000, sent: 1_030, answered: 1_050 }, false);
  tally.count(approved, { due: 1_500, sent: 1_500, answered: 2_600 }, true);
  tally.count(busy, { due: 1_100, sent: 1_400, answered: 1_402 }, false);
  tally.count(
    { ...busy, retryAfter: undefined },
    { due: 1_100, sent: 1_400, answered: 1_402 },
    false,
  );
  tally.count(undefined, { due: 1_100, sent: 1_100, answered: 1_200 }, false);
  const figures = tally.figures(5);
  expect(figures).toMatchObject({
    ...{ sent: 5, answered: 4, approved: 2, errors: 1, elapsedMs: 1_600 },
    refusals: { '503 BUSY': 2 },
    withoutRetryAfter: 1,
  });
  expect(figures.latency.max / 1_100).toBeCloseTo(1, 2);
  expect(figures.medicalOnly.max / 50).toBeCloseTo(1, 2);
  expect(figures.service.p50 / 20).toBeCloseTo(1, 2);
  expect(figures.refused.max / 2).toBeCloseTo(1, 2);
  expect(figures.bySecond.map((second) => second.approved)).toEqual([1, 1]);
});

test('a declined settlement with status 200 is not an approval', () => {
  const tally = createTally(0);
  const declined = { ...approved, body: '{"outcome":"declined","code":"PIN_WRONG"}' };
  tally.count(declined, { due: 0, sent: 0, answered: 5 }, false);
  expect(tally.figures(1)).toMatchObject({ approved: 0, refusals: { '200 PIN_WRONG': 1 } });
});
