import { runPlan } from '../simulation/runner/run-one.ts';
import { type Plan, planOf } from '../simulation/world/plan.ts';
import type { BugInSimulator, PlantedBug } from './plant.ts';
import { isMeant } from './plant.ts';

export type Verdict = {
  /**
   * caught: with the bug its catcher says what it should, and without it nothing. otherwise: it says
   * something else. false-alarm: it finds something without the bug too. broken: the plant throws.
   */
  readonly verdict: 'caught' | 'missed' | 'otherwise' | 'false-alarm' | 'broken';
  /** What was found, or thrown. */
  readonly finding: string;
  /** Of the simulator: seeds until then. */
  readonly seeds?: number;
};

const SEEDS_MAX = 400;

/** Runs the bug's catcher with the bug and without it. */
export async function tryPlant(planted: PlantedBug): Promise<Verdict> {
  try {
    return await (planted.kind === 'check' ? tryCheck(planted) : trySimulator(planted.planted));
  } catch (error) {
    return { verdict: 'broken', finding: error instanceof Error ? String(error.stack) : '' };
  }
}

async function tryCheck(bug: Extract<PlantedBug, { kind: 'check' }>): Promise<Verdict> {
  const { honest, planted } = await bug.tryOut();
  if (honest !== undefined) return { verdict: 'false-alarm', finding: honest };
  if (planted === undefined) return { verdict: 'missed', finding: '' };
  return { verdict: isMeant(bug, planted) ? 'caught' : 'otherwise', finding: planted };
}

async function trySimulator(bug: BugInSimulator): Promise<Verdict> {
  const found = await firstFailing(bug);
  if (found === undefined) return { verdict: 'missed', finding: '', seeds: SEEDS_MAX };
  const { plan, finding } = found;
  const [alarm] = (await runPlan(plan)).violations;
  if (alarm !== undefined) return { verdict: 'false-alarm', finding: alarm.text };
  return { verdict: 'caught', finding, seeds: plan.seed };
}

/** The run of the lowest seed in which the audit finds the bug. */
export async function firstFailing(
  bug: BugInSimulator,
): Promise<{ readonly plan: Plan; readonly finding: string } | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const swarm = planOf(seed);
    const { rates } = bug;
    const plan: Plan = rates === undefined ? swarm : { ...swarm, crowd: 'many', rates };
    const { violations } = await runPlan(plan, { plant: bug.plant });
    const meant = violations.find(({ text }) => isMeant(bug, text));
    if (meant !== undefined) return { plan, finding: meant.text };
  }
  return undefined;
}
