import { expect, test } from 'vitest';
import { goalSizes } from '../../../../bench/scoreboard/bench-options.ts';
import { growthMeasured } from '../../../../bench/scoreboard/measure-growth.ts';

const point = (settlements: number, filledPerSecond: number, filledP99Ms: number) => ({
  ...{ settlements, listedCards: settlements * 2, emptyPerSecond: 4_000, emptyP99Ms: 10 },
  ...{ filledPerSecond, filledP99Ms },
});
const full = goalSizes.growthSettlements;

test('the verdict is on the full database, not on the way there', () => {
  const points = [point(500_000, 1_000, 90), point(full, 3_800, 12), point(full, 3_600, 13)];
  expect(growthMeasured(points, goalSizes)).toMatchObject({
    samples: [
      { value: 0.95, broken: [] },
      { value: 0.9, broken: [] },
    ],
    isShortened: false,
  });
});

test('throughput that holds while answers become slow is not enough', () => {
  const { samples } = growthMeasured([point(full, 4_000, 16)], goalSizes);
  expect(samples[0]?.broken).toEqual(['p99 × 1.60 > × 1.5']);
});

test('a smaller database than the goal’s passes no verdict', () => {
  const sizes = { growthSettlements: 20_000, listedCards: 40_000 };
  expect(growthMeasured([point(20_000, 4_000, 10)], sizes)).toMatchObject({
    isShortened: true,
    note: '20000 settlements, 40000 listed cards: no verdict',
  });
});
