import type { LatencyFigures } from '../../../../bench/load/latencies.ts';
import type { LoadFigures } from '../../../../bench/load/tally.ts';
import type { LoadPart } from '../../../../bench/scoreboard/samples.ts';

/** Latencies of which the middle and the end are given, ms. */
export function latencies(p50: number, p99: number, count = 1_000): LatencyFigures {
  const curve = [
    [0, p50 / 2],
    [0.5, p50],
    [0.99, p99],
    [1, p99 * 2],
  ] as const;
  return { count, mean: p50, p50, p90: p50, p99, p999: p99 * 1.5, max: p99 * 2, curve };
}

/** Ten seconds in which everything was approved, so far as `changes` do not say otherwise. */
export function partOf(
  approved: number,
  changes: Partial<LoadFigures> = {},
  cpuMs: LoadPart['cpuMs'] = {
    ...{ generator: 900, engine: 4_000, database: 3_000, others: 500 },
    ...{ stolen: 200, waited: 1_500 },
  },
): LoadPart {
  const load: LoadFigures = {
    ...{ sent: approved, answered: approved, approved, errors: 0, withoutRetryAfter: 0 },
    refusals: {},
    elapsedMs: 10_000,
    latency: latencies(8, 20),
    service: latencies(7, 18),
    refused: latencies(0, 0, 0),
    lag: latencies(0.2, 1),
    medicalOnly: latencies(8, 20),
    bySecond: Array.from({ length: 10 }, () => ({
      ...{ approved: approved / 10, refused: 0, p50: 8, p99: 20 },
    })),
    ...changes,
  };
  const server = {
    writes: approved / 20,
    walBytes: approved * 4_000,
    walSyncs: approved / 10,
    fullPages: 7,
  };
  return { load, cpuMs, wallMs: 10_000, server };
}
