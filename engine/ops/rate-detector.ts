/**
 * Notices when something happens too often.
 * @param limit more than `times` within `withinMs` is too often
 * @returns to be told of each time, with its moment (ms, never set back): is it too often now?
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
