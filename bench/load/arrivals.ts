/** Arrivals as a Poisson process: independent of each other and of when answers come. */
export type ArrivalPlan = {
  readonly durationMs: number;
  /** Arrivals a second. */
  readonly perSecond: number;
  readonly random: () => number;
};

/** Moments of arrival, ms from the start, rising. */
export function poissonArrivals({ durationMs, perSecond, random }: ArrivalPlan): number[] {
  return curveArrivals({ durationMs, peakPerSecond: perSecond, random, share: () => 1 });
}

export type CurvePlan = {
  readonly durationMs: number;
  readonly peakPerSecond: number;
  readonly random: () => number;
  /** Rate by the share of the time that has passed (0 to 1), as a share of the peak (0 to 1). */
  readonly share: (time: number) => number;
};

/**
 * A Poisson process whose rate follows a curve: arrivals at the peak's rate, of which those above the
 * curve are left out (thinning after Lewis and Shedler, 1979).
 */
export function curveArrivals({ durationMs, peakPerSecond, random, share }: CurvePlan): number[] {
  const arrivals: number[] = [];
  let at = 0;
  for (;;) {
    at += (-Math.log(1 - random()) * 1000) / peakPerSecond;
    if (at >= durationMs) return arrivals;
    if (random() < share(at / durationMs)) arrivals.push(at);
  }
}

/** A curve through points (time, share), straight between them. */
export function curveThrough(
  points: readonly (readonly [time: number, share: number])[],
): (time: number) => number {
  return (time) => {
    const next = points.findIndex(([at]) => at >= time);
    const [right, left] = [points[next] ?? points.at(-1), points[next - 1] ?? points[0]];
    if (left === undefined || right === undefined) throw new Error('a curve needs points');
    const width = right[0] - left[0];
    if (width <= 0) return right[1];
    return left[1] + ((right[1] - left[1]) * (time - left[0])) / width;
  };
}
