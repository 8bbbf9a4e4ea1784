import { describe, expect, test } from 'vitest';
import { readScenario } from '../../../../bench/scenarios/scenario.ts';
import type { Visit } from '../../../../bench/scenarios/visits.ts';
import { makeVisits } from '../../../../bench/scenarios/visits.ts';

const scenario = readScenario('clinic-morning');
const places = { pharmacy: 50, 'health-centre': 100 };
const plan = { durationMs: 210_000, peakPerSecond: 200, places };
const visits = makeVisits(scenario, plan);

const shareOf = (is: (visit: Visit) => boolean, of: readonly Visit[] = visits) =>
  of.filter(is).length / of.length;

describe('a clinic’s morning', () => {
  test('the same seed brings the same customers to the same counters', () => {
    expect(makeVisits(scenario, plan)).toEqual(visits);
    expect(makeVisits({ ...scenario, seed: 731 }, plan)).not.toEqual(visits);
  });

  test('the rush is at half past eight, a minute of the clock in each second', () => {
    const between = (from: number, to: number) =>
      visits.filter(({ at }) => at >= from * 1_000 && at < to * 1_000).length;
    const [rush, end] = [between(60, 90), between(180, 210)];
    expect(rush / 30).toBeGreaterThan(180);
    expect(end).toBeLessThan(rush / 2);
  });

  test('shares are those of the file', () => {
    expect(shareOf(({ place }) => place === 'pharmacy')).toBeCloseTo(0.4, 1);
    expect(shareOf(({ customer }) => customer === 'bankCustomers')).toBeCloseTo(0.08, 2);
    expect(shareOf(({ trouble }) => trouble === 'refund')).toBeCloseTo(0.02 * 0.92, 2);
    const centres = visits.filter(({ place }) => place === 'health-centre');
    expect(shareOf(({ placeNo }) => placeNo === 0, centres)).toBeCloseTo(0.11, 1);
    expect(shareOf(({ lines }) => lines === 12, centres)).toBeCloseTo(0.1, 1);
  });

  test('residents go to health centres, whose fund pays for them', () => {
    const residents = visits.filter(({ customer }) => customer === 'residents');
    expect(residents.length).toBeGreaterThan(1_000);
    expect(residents.filter(({ place }) => place === 'pharmacy')).toEqual([]);
  });

  test('every counter exists', () => {
    expect(visits.filter(({ place, placeNo }) => placeNo >= places[place])).toEqual([]);
  });
});

test('a file that is no scenario is refused with what is wrong in it', () => {
  expect(() => readScenario('no-such-morning')).toThrow();
});
