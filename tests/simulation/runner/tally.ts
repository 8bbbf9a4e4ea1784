/** What many runs came to, so that it can be added up, printed and written as JSON. */
import type { Violation } from '../auditor/findings.ts';
import { type FaultKind, faultKinds } from '../world/faults.ts';
import type { Plan } from '../world/plan.ts';
import type { RunReport } from './run-one.ts';

/** Of one run, as it travels between threads. */
export type RunSummary = {
  readonly plan: Plan;
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly faults: readonly (readonly [FaultKind, number])[];
  readonly seen: readonly (readonly [string, number])[];
  readonly acknowledged: number;
  readonly settlements: number;
  readonly events: number;
  readonly recovery: RunReport['recovery'];
};

export function summaryOf(report: RunReport): RunSummary {
  return { ...report, faults: [...report.faults], seen: [...report.seen] };
}

export type Tally = {
  schedules: number;
  events: number;
  settlements: number;
  acknowledged: number;
  lost: number;
  doubled: number;
  oneSided: number;
  /** Other things that must not be. */
  broken: number;
  readonly faults: Map<FaultKind, number>;
  readonly seen: Map<string, number>;
  /** Simulated ms. */
  readonly longestRecovery: { afterCrashMs: number; afterTroubleMs: number };
  /** Seeds with a violation, in the order in which they were found. */
  readonly failures: RunSummary[];
};

export function createTally(): Tally {
  return {
    schedules: 0,
    events: 0,
    settlements: 0,
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    oneSided: 0,
    broken: 0,
    faults: new Map(),
    seen: new Map(),
    longestRecovery: { afterCrashMs: 0, afterTroubleMs: 0 },
    failures: [],
  };
}

const columns = {
  lost: 'lost',
  doubled: 'doubled',
  'one-sided': 'oneSided',
  broken: 'broken',
} as const;

export function addRun(tally: Tally, run: RunSummary): void {
  tally.schedules += 1;
  tally.events += run.events;
  tally.settlements += run.settlements;
  tally.acknowledged += run.acknowledged;
  for (const { kind } of run.violations) tally[columns[kind]] += 1;
  for (const [kind, count] of run.faults)
    tally.faults.set(kind, (tally.faults.get(kind) ?? 0) + count);
  for (const [what, count] of run.seen) tally.seen.set(what, (tally.seen.get(what) ?? 0) + count);
  const { longestRecovery } = tally;
  const { crashMs, healedMs } = run.recovery;
  longestRecovery.afterCrashMs = Math.max(longestRecovery.afterCrashMs, crashMs);
  longestRecovery.afterTroubleMs = Math.max(longestRecovery.afterTroubleMs, healedMs);
  if (run.violations.length > 0) tally.failures.push(run);
}

export type Figures = {
  readonly schedules: number;
  readonly seconds: number;
  readonly schedulesPerSecond: number;
  readonly events: number;
  readonly settlements: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly oneSided: number;
  readonly broken: number;
  readonly faultsInjected: number;
  readonly faultsByKind: { readonly [kind in FaultKind]: number };
  readonly longestRecoveryMs: { readonly afterCrash: number; readonly afterTrouble: number };
  readonly failures: readonly {
    readonly seed: number;
    readonly hash: string;
    readonly violations: readonly Violation[];
  }[];
};

/** @param ms real time that it took */
export function figuresOf(tally: Tally, ms: number): Figures {
  const { schedules, events, settlements, acknowledged, lost, doubled, oneSided, broken } = tally;
  const faultsByKind = Object.fromEntries(
    faultKinds.map((kind) => [kind, tally.faults.get(kind) ?? 0]),
  ) as Figures['faultsByKind'];
  return {
    schedules,
    seconds: Math.round(ms / 100) / 10,
    schedulesPerSecond: Math.round((schedules / ms) * 10_000) / 10,
    events,
    settlements,
    acknowledged,
    lost,
    doubled,
    oneSided,
    broken,
    faultsInjected: Object.values(faultsByKind).reduce((sum, count) => sum + count, 0),
    faultsByKind,
    longestRecoveryMs: {
      afterCrash: tally.longestRecovery.afterCrashMs,
      afterTrouble: tally.longestRecovery.afterTroubleMs,
    },
    failures: tally.failures.map(({ plan, hash, violations }) => ({
      seed: plan.seed,
      hash,
      violations,
    })),
  };
}
