/** A night of strikes against a town, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TownCheck } from './chaos-check.ts';
import { checkTown } from './chaos-check.ts';
import type { StrikeKind, StrikeResult } from './chaos-strikes.ts';
import { drawKind, planStrike, strikeTown } from './chaos-strikes.ts';
import type { Town, TownFaults, TownPlan } from './chaos-town.ts';
import { startTown } from './chaos-town.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { openWork } from './world-books.ts';

export type NightPlan = TownPlan & {
  readonly kills: number;
  /** No further strike after this time, ms. */
  readonly durationMs: number;
  /** The town is quieted and checked after so many strikes. */
  readonly checkEvery: number;
  /** First strikes, in this order; the others are drawn. */
  readonly kinds?: readonly StrikeKind[];
  /** Also when all is well, the town's folder stays. */
  readonly isKept?: boolean;
  readonly tell: (line: string) => void;
};

export type NightReport = {
  readonly seed: number;
  readonly seconds: number;
  /** Strikes by kind. */
  readonly kills: Readonly<Partial<Record<StrikeKind, number>>>;
  readonly processesKilled: number;
  readonly faults: TownFaults;
  readonly check: TownCheck;
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  /** Of the quiet checks, the last one included: ms until nothing was open any more. */
  readonly longestQuietMs: number;
  readonly violations: readonly string[];
};

const QUIET_MS_MAX = 120_000;
const DOWN_MS_MAX = 400;
const BUSINESS_MS = { first: 100, last: 900 };
const CUT_MS_MAX = 400;

/** Starts a town, strikes, checks, and removes it. Throws nothing that the town did: that is in `violations`. */
export async function runNight(plan: NightPlan): Promise<NightReport> {
  const startedAt = Date.now();
  const town = await startTown(plan);
  const random = createRandom(plan.seed);
  const results: StrikeResult[] = [];
  const quietMs: number[] = [];
  try {
    openForBusiness(town);
    await firstSale(town);
    let check: TownCheck | undefined;
    while (results.length < plan.kills && Date.now() - startedAt < plan.durationMs) {
      const kind = plan.kinds?.[results.length] ?? drawKind(random, plan.disk !== undefined);
      const result = await oneStrike(town, kind, random);
      results.push(result);
      plan.tell(`${results.length} ${kind}: business again after ${result.recoveryMs} ms`);
      if (result.recoveryMs === undefined) town.violations.push(`no business after ${kind}`);
      const isLast = results.length === plan.kills;
      if (isLast || results.length % plan.checkEvery !== 0) continue;
      quietMs.push(await quieten(town));
      check = await checkTown(town);
      tellCheck(plan, check);
      if (check.problems.length > 0 || town.violations.length > 0) break;
      openForBusiness(town);
    }
    if (check === undefined || check.problems.length === 0) {
      quietMs.push(await quieten(town));
      check = await checkTown(town);
      tellCheck(plan, check);
    }
    const report = reportOf({ plan, town, results, quietMs, check, startedAt });
    if (report.violations.length > 0 || plan.isKept) {
      town.keepFolder();
      plan.tell(`logs, journals and books stay in ${town.dataDir}`);
    }
    return report;
  } finally {
    await town.close();
  }
}

function openForBusiness(town: Town): void {
  town.setNoise(true);
  town.open();
}

async function firstSale(town: Town): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const stop = town.onSale(() => resolve(undefined));
  const limit = setTimeout(() => reject(new Error('nobody sells anything')), QUIET_MS_MAX);
  await promise.finally(() => clearTimeout(limit));
  stop();
}

/** Some business, now and then a line that is cut, then the strike. */
async function oneStrike(town: Town, kind: StrikeKind, random: Random): Promise<StrikeResult> {
  await sleep(random.between(BUSINESS_MS.first, BUSINESS_MS.last));
  const cutting = random.chance(0.3)
    ? random.pick(town.proxies).proxy.cut(random.between(0, CUT_MS_MAX))
    : Promise.resolve();
  const strike = planStrike(kind, random, town);
  const result = await strikeTown(town, strike, random.between(0, DOWN_MS_MAX));
  await cutting;
  return result;
}

/**
 * Lines in peace, counters closed, nothing under way, nothing open in the database, every key asked for.
 * @returns how long that took, ms
 */
export async function quieten(town: Town): Promise<number> {
  const startedAt = Date.now();
  town.setNoise(false);
  await town.pause();
  // What a line still holds back must not arrive after the terminals have asked.
  await Promise.all(town.proxies.map(({ proxy }) => proxy.cut(0)));
  let open = await openWork(town);
  while (open > 0 && Date.now() - startedAt < QUIET_MS_MAX) {
    await sleep(100);
    open = await openWork(town);
  }
  if (open > 0) town.violations.push(`${open} pieces of work stay open`);
  const keys = await town.resolve();
  if (keys > 0) town.violations.push(`${keys} keys stay open at the terminals`);
  return Date.now() - startedAt;
}

function tellCheck({ tell }: NightPlan, check: TownCheck): void {
  const { approvedSales, lost, doubled, oneSided, problems } = check;
  tell(
    `quiet: ${approvedSales} sales acknowledged, lost ${lost}, doubled ${doubled}, one-sided ${oneSided}` +
      (problems.length > 0
        ? `, ${problems.length} PROBLEMS: ${problems.slice(0, 5).join('; ')}`
        : ''),
  );
}

function reportOf(night: {
  readonly plan: NightPlan;
  readonly town: Town;
  readonly results: readonly StrikeResult[];
  readonly quietMs: readonly number[];
  readonly check: TownCheck;
  readonly startedAt: number;
}): NightReport {
  const { plan, town, results, quietMs, check, startedAt } = night;
  const kills: Partial<Record<StrikeKind, number>> = {};
  for (const { kind } of results) kills[kind] = (kills[kind] ?? 0) + 1;
  const recoveries = results.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
  return {
    seed: plan.seed,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    kills,
    processesKilled: results.reduce((sum, { processes }) => sum + processes, 0),
    faults: town.faults(),
    check,
    recoveryMs: {
      median: recoveries[Math.floor(recoveries.length / 2)] ?? 0,
      longest: recoveries.at(-1) ?? 0,
    },
    longestQuietMs: Math.max(0, ...quietMs),
    violations: [...town.violations, ...check.problems],
  };
}
