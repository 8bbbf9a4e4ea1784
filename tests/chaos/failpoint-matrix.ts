/** All failpoints × all kinds within one settlement, and all ordered pairs of them. */

import type { FailpointKind, FailpointOrder } from '../../engine/failpoints/failpoints.ts';
import { failpointKinds } from '../../engine/failpoints/failpoints.ts';
import type { FailpointName } from '../../engine/failpoints/names.ts';
import { failpointNames } from '../../engine/failpoints/names.ts';
import type { Plant } from '../simulation/world/engine.ts';
import { createRandom } from '../support/random.ts';
import { runReference } from './failpoint-reference.ts';
import type { Orders } from './failpoint-run.ts';
import { createFailpointRun, runToTheEnd } from './failpoint-run.ts';
import { scenarios } from './failpoint-scenarios.ts';

export type Run = { readonly scenario: string; readonly orders: Orders; readonly seed: number };

export type RunReport = Run & {
  readonly violations: readonly string[];
  /** How many of the orders came about. */
  readonly fired: number;
};

/** Longer than the bank's limit, the reservation and a terminal's patience: whoever wakes up is too late. */
const HANG_MS = 100_000;
const SLOW_MS = 3_000;

/** Not a settlement: a pack is activated and a catalogue imported, and an engine takes both in. */
export const REFERENCE = 'packs and catalogues';

function orderOf(name: FailpointName, kind: FailpointKind, nth = 1): FailpointOrder {
  const ms = kind === 'hang' ? { ms: HANG_MS } : kind === 'slow' ? { ms: SLOW_MS } : {};
  return { name, kind, nth, ...ms };
}

/** One run to its end, and what the books say then. */
export async function runOne(run: Run, plant: Plant = {}): Promise<RunReport> {
  if (run.scenario === REFERENCE) return { ...run, ...(await runReference(run.orders)) };
  const made = createFailpointRun(run.seed, run.orders, plant);
  const violations = await runToTheEnd(made, () => scenarioNamed(run.scenario)(made));
  return { ...run, violations, fired: made.fired.length };
}

function scenarioNamed(name: string) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

export type Points = ReadonlyMap<string, ReadonlyMap<FailpointName, number>>;

/** How often each scenario meets each point when nothing is broken. */
export async function readPoints(): Promise<Points> {
  const points = new Map<string, ReadonlyMap<FailpointName, number>>();
  for (const [name, scenario] of Object.entries(scenarios)) {
    const unbroken = createFailpointRun(1, []);
    const violations = await runToTheEnd(unbroken, () => scenario(unbroken));
    if (violations.length > 0) throw new Error(`${name}, unbroken: ${violations.join('; ')}`);
    points.set(name, tally(unbroken.met));
  }
  return points.set(REFERENCE, tally((await runReference([])).met));
}

function tally(met: readonly FailpointName[]): ReadonlyMap<FailpointName, number> {
  const counts = new Map<FailpointName, number>();
  for (const name of met) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Every point of every scenario × every kind, at each time (up to `timesMax`) that it is met. */
export function* allSingles(points: Points, timesMax: number): Generator<Run> {
  for (const [scenario, counts] of points) {
    for (const [name, count] of counts) {
      for (let nth = 1; nth <= Math.min(count, timesMax); nth++) {
        for (const kind of failpointKinds)
          yield { scenario, orders: [orderOf(name, kind, nth)], seed: nth };
      }
    }
  }
}

/** Every point × every kind once, each in one of the scenarios that meet it, chosen by the seed. */
export function* eachSingleOnce(points: Points, seed: number): Generator<Run> {
  const random = createRandom(seed);
  for (const name of allNames) {
    const meeting = [...points].filter(([, counts]) => counts.has(name));
    for (const kind of failpointKinds) {
      const [scenario] = random.pick(meeting);
      yield { scenario, orders: [orderOf(name, kind)], seed: random.between(1, 1_000) };
    }
  }
}

const allNames = Object.keys(failpointNames) as FailpointName[];

/**
 * Every ordered pair of points of every scenario: with one pair of kinds each, in turn, or with all 25.
 */
export function* allPairs(points: Points, kinds: 'in-turn' | 'all'): Generator<Run> {
  let serial = 0;
  for (const scenario of Object.keys(scenarios)) {
    const names = pairable(points, scenario);
    for (const first of names) {
      for (const second of names) {
        const at = serial++ % kindPairs.length;
        for (const [kind, then] of kinds === 'all' ? kindPairs : kindPairs.slice(at, at + 1)) {
          const orders = [orderOf(first, kind), orderOf(second, then)];
          yield { scenario, orders, seed: 1 };
        }
      }
    }
  }
}

const kindPairs = failpointKinds.flatMap((kind) =>
  failpointKinds.map((then) => [kind, then] as const),
);

/** The job and the retries come by points that the unbroken scenario does not meet. */
function pairable(points: Points, scenario: string): readonly FailpointName[] {
  const ofJob = allNames.filter((name) => name.startsWith('job.'));
  return [...new Set([...(points.get(scenario)?.keys() ?? []), ...ofJob])];
}

/** So many ordered pairs, chosen by the seed. */
export function* somePairs(points: Points, count: number, seed: number): Generator<Run> {
  const random = createRandom(seed);
  for (let serial = 0; serial < count; serial++) {
    const scenario = random.pick(Object.keys(scenarios));
    const names = pairable(points, scenario);
    const [kind, then] = random.pick(kindPairs);
    const orders = [orderOf(random.pick(names), kind), orderOf(random.pick(names), then)];
    yield { scenario, orders, seed: random.between(1, 1_000) };
  }
}

/** A run in the words of YIKATONG_FAILPOINTS. */
export function describeRun({ scenario, orders, seed }: Run): string {
  const words = orders.map(
    ({ name, kind, ms, nth }) =>
      `${name}=${kind}${ms === undefined ? '' : `:${ms}`}${nth === undefined ? '' : `@${nth}`}`,
  );
  return `${scenario} (seed ${seed}): ${words.join(', then ')}`;
}
