import type { Histogram } from 'node:perf_hooks';

/** How long one kind of event took, ms. */
export type Durations = {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of all events together. */
  readonly total: number;
};

const NS_PER_MS = 1e6;

/**
 * Reads a histogram of nanoseconds.
 * @param offsetMs what every recorded value has too much, ms
 */
export function durationsOf(histogram: Histogram, offsetMs = 0): Durations {
  const { count } = histogram;
  if (count === 0) return { count, p50: 0, p99: 0, max: 0, total: 0 };
  const ms = (ns: number) => Math.max(0, ns / NS_PER_MS - offsetMs);
  return {
    count,
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
    total: ms(histogram.mean) * count,
  };
}

/** A duration as a histogram takes it: whole nanoseconds, at least one. @param ms the duration */
export function toNanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * NS_PER_MS));
}
