/**
 * Detects events above a rate.
 * @param limit at most `times` events within `withinMs`
 * @returns call it for each event with its time (monotonic, ms); true: the limit is exceeded
 */
export function createRateDetector(limit: {
  readonly times: number;
  readonly withinMs: number;
}): (at: number) => boolean {
  let recent: readonly number[] = [];
  return (at) => {
    recent = [...recent.filter((earlier) => at - earlier < limit.withinMs), at];
    return recent.length > limit.times;
  };
}
