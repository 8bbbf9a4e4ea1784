/**
 * Makes a failing run smaller while it still fails in the same way: less trouble, fewer counters,
 * fewer sales.
 */
import type { ViolationKind } from '../auditor/findings.ts';
import type { Plant } from '../world/engine.ts';
import type { FaultKind, FaultRates } from '../world/faults.ts';
import type { Plan } from '../world/plan.ts';
import { runPlan } from './run-one.ts';

export type ShrinkOptions = {
  readonly plant?: Plant;
  /** Runs that may be spent. */
  readonly runsMax?: number;
  readonly onStep?: (plan: Plan) => void;
};

const RUNS_MAX = 300;

/**
 * The smallest plan found that still fails with a violation of the same kind; `plan` itself if it
 * does not fail.
 */
export async function shrink(plan: Plan, options: ShrinkOptions = {}): Promise<Plan> {
  const { plant = {}, runsMax = RUNS_MAX, onStep } = options;
  const first = await runPlan(plan, { plant });
  const kinds = new Set(first.violations.map(({ kind }) => kind));
  if (kinds.size === 0) return plan;
  const failsTheSame = async (candidate: Plan): Promise<boolean> => {
    const { violations } = await runPlan(candidate, { plant });
    return violations.some(({ kind }) => kinds.has(kind)) && isGrave(kinds, violations);
  };
  let best = plan;
  let runs = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(best)) {
      if (runs++ >= runsMax) return best;
      if (!(await failsTheSame(candidate))) continue;
      best = candidate;
      onStep?.(best);
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** A run that lost or doubled money must still do so; one that merely hangs is another bug. */
function isGrave(
  kinds: ReadonlySet<ViolationKind>,
  violations: readonly { readonly kind: ViolationKind }[],
): boolean {
  const hadMoney = kinds.has('lost') || kinds.has('doubled') || kinds.has('one-sided');
  return !hadMoney || violations.some(({ kind }) => kind !== 'broken');
}

/** Halves first, then single steps: what goes early saves most. */
function* smaller(plan: Plan): Generator<Plan> {
  const kinds = Object.keys(plan.rates) as FaultKind[];
  for (let size = Math.ceil(kinds.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < kinds.length; from += size)
      yield { ...plan, rates: without(plan.rates, kinds.slice(from, from + size)) };
  }
  for (const terminals of [1, plan.terminals - 1])
    if (terminals >= 1 && terminals < plan.terminals) yield { ...plan, terminals };
  for (const salesPerTerminal of [1, plan.salesPerTerminal - 1])
    if (salesPerTerminal >= 1 && salesPerTerminal < plan.salesPerTerminal)
      yield { ...plan, salesPerTerminal };
  for (const share of [0.25, 0.5, 0.75, 0.9]) {
    const troubleMs = Math.ceil((plan.troubleMs * share) / 1000) * 1000;
    if (troubleMs < plan.troubleMs) yield { ...plan, troubleMs };
  }
}

function without(rates: FaultRates, dropped: readonly FaultKind[]): FaultRates {
  return Object.fromEntries(
    Object.entries(rates).filter(([kind]) => !dropped.includes(kind as FaultKind)),
  );
}
