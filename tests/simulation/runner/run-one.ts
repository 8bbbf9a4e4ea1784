/** One simulated stretch of business: faults for a while, then healing, then the audit. */
import { createAuditor } from '../auditor/auditor.ts';
import type { Violation } from '../auditor/findings.ts';
import { startCounter } from '../world/cashier.ts';
import type { Plant } from '../world/engine.ts';
import type { FaultKind } from '../world/faults.ts';
import type { Plan } from '../world/plan.ts';
import { kill } from '../world/scheduler.ts';
import { heal, makeTrouble } from '../world/trouble.ts';
import { createWorld, type World } from '../world/world.ts';

export type RunReport = {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  /** Of everything that happened: the same plan gives the same hash. */
  readonly hash: string;
  /** How often each thing came about, so that a run in which nothing happens is noticed. */
  readonly seen: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly acknowledged: number;
  readonly settlements: number;
  /** Simulated ms until nothing was open of what was open at the crash, or when trouble ended. */
  readonly recovery: { readonly crashMs: number; readonly healedMs: number };
  readonly events: number;
};

/** Longer than anything can be late on a wire. */
const SETTLING_MS = 3 * 60_000;
const STEP_MS = 20_000;
/** Longer than every limit, deadline and pause between attempts, and than a terminal waits for a lost key. */
const HEALING_MS = 15 * 60_000;
/** What was open when trouble ended is closed by then. */
const RESOLVE_MS = 5 * 60_000;

export type RunOptions = {
  readonly plant?: Plant;
  readonly onTrace?: ((line: string) => void) | undefined;
};

export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunReport> {
  const { plant = {}, onTrace } = options;
  const world = createWorld({ plan, plant, createAuditor, onTrace });
  const { scheduler, auditor, counters, bank } = world;
  world.startEngine();
  for (const counter of counters) startCounter(world, counter);
  makeTrouble(world);
  await scheduler.runUntil(scheduler.now() + plan.troubleMs);
  heal(world);
  auditor.healed();
  const healedAt = scheduler.now();
  const isQuiet = (): boolean => auditor.isQuiet() && counters.every(({ isDone }) => isDone);
  for (let ms = 0; ms < SETTLING_MS || (ms < HEALING_MS && !isQuiet()); ms += STEP_MS)
    await scheduler.runUntil(healedAt + ms + STEP_MS);
  await auditor.atEnd();
  const healedMs = auditor.longestRecoveryMs('healed');
  if (healedMs > RESOLVE_MS) auditor.broke(new Error(`it took ${healedMs} ms to close everything`));
  const report: RunReport = {
    plan,
    violations: auditor.violations,
    hash: scheduler.hash(),
    seen: countSeen(world),
    faults: world.faults.injected,
    acknowledged: auditor.acknowledged(),
    settlements: world.database.memory.settlements.size,
    recovery: { crashMs: auditor.longestRecoveryMs('crash'), healedMs },
    events: scheduler.events(),
  };
  bank.close();
  // A journal that stays open keeps its files open, and a long run would use up the process's limit.
  for (const { process } of counters) kill(process);
  return report;
}

function countSeen({ database }: World): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  const { settlements, bankLegs, refunds, requests } = database.memory;
  for (const { state, tender } of settlements.values()) count(`settlement ${state} ${tender}`);
  for (const { kind, state, reversalReason = '' } of bankLegs.values())
    count(`leg ${kind} ${state} ${reversalReason}`.trim());
  for (const { state } of refunds.values()) count(`refund ${state}`);
  for (const { answer } of requests.values()) count(`answer ${answer?.code ?? 'approved'}`);
  return seen;
}
