import { build } from 'hdr-histogram-js';

/** Latencies of many answers, ms, in a few kilobytes. */
export type Latencies = {
  record(ms: number): void;
  figures(): LatencyFigures;
};

/** ms. `curve`: latency by share of the answers, for a chart. */
export type LatencyFigures = {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly curve: readonly (readonly [share: number, ms: number])[];
};

const US = 1_000;
const HIGHEST_US = 600_000_000;
const CURVE = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100];

/** An empty histogram with `digits` significant digits; values above ten minutes count as ten minutes. */
export function createLatencies(digits: 2 | 3 = 3): Latencies {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: digits,
    useWebAssembly: false,
  });
  const at = (percent: number) =>
    histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percent) / US;
  return {
    record(ms) {
      histogram.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(ms * US))));
    },
    figures: () => ({
      count: histogram.totalCount,
      mean: histogram.totalCount === 0 ? 0 : histogram.mean / US,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: at(100),
      curve: CURVE.map((percent) => [percent / 100, at(percent)] as const),
    }),
  };
}
