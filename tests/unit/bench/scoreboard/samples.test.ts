import { describe, expect, test } from 'vitest';
import type { Round } from '../../../../bench/scoreboard/samples.ts';
import { coresOfOthers, cpuByProcess, samplesOf } from '../../../../bench/scoreboard/samples.ts';
import { latencies, partOf } from './load-figures.ts';

const tpcb = { clients: 16, tps: 3_500, latencyMs: 4.6 };
const commit = { tps: 3_200, p50Ms: 0.3, p99Ms: 1.2 };

describe('what a round says of each line', () => {
  test('throughput is told by what the same server did meanwhile', () => {
    const round: Round = {
      ...{ tpcb, closed64: partOf(70_000), closed256: partOf(105_000) },
      pgFunction: { clients: 16, tps: 2_000, latencyMs: 8 },
      plain: partOf(10_000),
      pgledger: { clients: 16, tps: 500, latencyMs: 30 },
      ...{ onePlace: partOf(63_000), manyPlaces: partOf(70_000) },
    };
    const values = Object.entries(samplesOf(round)).map(([id, sample]) => [id, sample.value]);
    expect(Object.fromEntries(values)).toEqual({
      'throughput-64': 2,
      'throughput-256': 3,
      'vs-function': 3.5,
      'vs-plain': 7,
      'vs-pgledger': 14,
      'hot-rows': 0.9,
      cpu: 0.1,
    });
  });

  test('latency is told by that of a one-row commit: the middle when idle, the end under load', () => {
    const { idle, ...loaded } = {
      idle: partOf(2_000, { latency: latencies(0.6, 9) }),
      openHalf: partOf(17_500, { latency: latencies(2, 6) }),
      openFull: partOf(35_000, { latency: latencies(3, 9) }),
    };
    const samples = samplesOf({ commit, idle, ...loaded });
    expect(samples['idle-200']?.value).toBeCloseTo(2, 9);
    expect(samples['open-half']?.value).toBeCloseTo(5, 9);
    expect(samples['open-full']?.value).toBeCloseTo(7.5, 9);
  });

  test('only sales without a bank are compared when others wait for one', () => {
    const openHalf = partOf(17_500, { medicalOnly: latencies(2, 6) });
    const withBankLegs = partOf(17_500, {
      latency: latencies(3, 160),
      medicalOnly: latencies(2, 7.5),
    });
    expect(samplesOf({ openHalf, withBankLegs })['bank-legs']?.value).toBeCloseTo(1.25, 9);
  });

  test('a line whose base was not measured has no value', () => {
    expect(
      samplesOf({
        closed64: partOf(
          70_000,
          {},
          { generator: 1, engine: 1, database: undefined, others: undefined },
        ),
      }),
    ).toEqual({});
    expect(samplesOf({})).toEqual({});
  });
});

describe('a good value that does not count', () => {
  test('a latency of the few that were let in', () => {
    const openHalf = partOf(17_000, { sent: 17_500 });
    const sample = samplesOf({ commit, openHalf })['open-half'];
    expect(sample?.broken).toEqual(['500 of 17500 were not settled']);
  });

  test('overload that is settled, but late, or refused slowly or without a word when to come back', () => {
    const overload = partOf(68_000, {
      sent: 140_000,
      latency: latencies(400, 1_900),
      refused: latencies(2, 48),
      withoutRetryAfter: 3,
    });
    const sample = samplesOf({ closed64: partOf(70_000), overload }).overload;
    expect(sample?.value).toBeCloseTo(0.97, 2);
    expect(sample?.broken).toEqual([
      'accepted p99 1900 ms > 1000 ms',
      'refused p99 48.0 ms > 5 ms',
      '3 refusals without retry-after',
    ]);
  });

  test('overload as it should be has nothing against it', () => {
    const overload = partOf(66_500, {
      sent: 140_000,
      latency: latencies(200, 600),
      refused: latencies(1, 4),
    });
    expect(samplesOf({ closed64: partOf(70_000), overload }).overload).toEqual({
      value: 0.95,
      broken: [],
    });
  });
});

test('what others used of the machine is told in cores', () => {
  const quiet = { closed64: partOf(70_000), idle: partOf(2_000) };
  expect(coresOfOthers([quiet, quiet])).toBeCloseTo(0.05, 9);
  expect(coresOfOthers([])).toBeUndefined();
});

test('CPU is told by process, for each settlement', () => {
  expect(cpuByProcess([{ closed64: partOf(10_000) }])).toEqual({
    engine: 0.4,
    PostgreSQL: 0.3,
    'load generator': 0.09,
  });
  expect(cpuByProcess([{}])).toEqual({});
});
