/** Running totals: "op-paid/month" on 2026-11-22 is the total "op-paid/2026-11". */
import type { SplitState } from './split-state.ts';

export type AccumulatorKey = (work: SplitState) => string;

/** The name under which a counter of the pack file is kept for a bill. */
export function compileAccumulatorKey(counter: string): AccumulatorKey {
  const [name = counter, span] = counter.split('/');
  switch (span) {
    case 'month':
      return ({ day }) => `${name}/${day.slice(0, 7)}`;
    case 'quarter':
      return ({ day }) => `${name}/${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case 'week':
      return ({ day }) => `${name}/${isoWeek(day)}`;
    case 'day':
      return ({ day }) => `${name}/${day}`;
    case 'hospital':
      return ({ input }) => `${name}/${input.carePlace.code || 'unknown'}`;
    case 'disease':
      return ({ input }) => `${name}/${input.visit?.diseases?.[0] ?? 'none'}`;
    default:
      return () => name;
  }
}

/** "2026-W47": the week of ISO 8601, which begins on Monday and belongs to its Thursday's year. */
function isoWeek(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const firstDay = Date.UTC(date.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((date.getTime() - firstDay) / 86_400_000 + 1) / 7);
  return `${date.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}
