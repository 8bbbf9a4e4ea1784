/**
 * Names of running totals (accumulators). The pack file writes "op-paid/month", under the key
 * `counter`; on 2026-11-22 the total is kept as "op-paid/2026-11".
 */
import { isoWeekOf, monthOf, yearOf } from '../../engine/base/time/calendar.ts';
import type { SplitState } from './split-state.ts';

export type AccumulatorKey = (state: SplitState) => string;

/** Compiles a `counter` of the pack file into the name of its total for a bill. */
export function compileAccumulatorKey(counter: string): AccumulatorKey {
  const [name = counter, span] = counter.split('/');
  switch (span) {
    case 'month':
      return ({ day }) => `${name}/${monthOf(day)}`;
    case 'quarter':
      return ({ day }) => `${name}/${yearOf(day)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case 'week':
      return ({ day }) => `${name}/${isoWeekOf(day)}`;
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
