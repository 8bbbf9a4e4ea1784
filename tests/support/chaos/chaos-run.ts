/** One chaos run: a deployment under load, one system fault after another, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { createRandom } from '../random.ts';
import { openWork } from '../running-system/books.ts';
import type { DeploymentCheck } from './check-deployment.ts';
import { checkDeployment } from './check-deployment.ts';
import type { Deployment, DeploymentPlan, LineFaultCounts } from './deployment.ts';
import { startDeployment } from './deployment.ts';
import type { SystemFaultKind, SystemFaultResult } from './system-faults.ts';
import { drawFaultKind, injectFault, planFault } from './system-faults.ts';

export type ChaosPlan = DeploymentPlan & {
  readonly kills: number;
  /** No further fault after this time, ms. */
  readonly durationMs: number;
  /** The deployment is quieted and checked after so many faults. */
  readonly checkEvery: number;
  /** The first faults, in this order; the others are drawn. */
  readonly kinds?: readonly SystemFaultKind[];
  /** Also when all is well, the deployment's folder stays. */
  readonly isKept?: boolean;
  readonly tell: (line: string) => void;
};

export type ChaosReport = {
  readonly seed: number;
  readonly seconds: number;
  /** Faults by kind. */
  readonly kills: Readonly<Partial<Record<SystemFaultKind, number>>>;
  readonly processesKilled: number;
  readonly faults: LineFaultCounts;
  readonly check: DeploymentCheck;
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  /** Of the quiet checks, the last one included: ms until nothing was open any more. */
  readonly longestQuietMs: number;
  readonly violations: readonly string[];
};

const QUIET_MS_MAX = 120_000;
const DOWN_MS_MAX = 400;
const BUSINESS_MS = { first: 100, last: 900 };
const CUT_MS_MAX = 400;

/**
 * Starts a deployment, breaks it, checks it and removes it. What the deployment did wrong is in
 * `violations`.
 */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const startedAt = Date.now();
  const deployment = await startDeployment(plan);
  const random = createRandom(plan.seed);
  const results: SystemFaultResult[] = [];
  const quietMs: number[] = [];
  try {
    openForBusiness(deployment);
    await firstSale(deployment);
    let check: DeploymentCheck | undefined;
    while (results.length < plan.kills && Date.now() - startedAt < plan.durationMs) {
      const kind = plan.kinds?.[results.length] ?? drawFaultKind(random, plan.disk !== undefined);
      const result = await oneFault(deployment, kind, random);
      results.push(result);
      plan.tell(`${results.length} ${kind}: business again after ${result.recoveryMs} ms`);
      if (result.recoveryMs === undefined) deployment.violations.push(`no business after ${kind}`);
      const isLast = results.length === plan.kills;
      if (isLast || results.length % plan.checkEvery !== 0) continue;
      quietMs.push(await quieten(deployment));
      check = await checkDeployment(deployment);
      tellCheck(plan, check);
      if (check.problems.length > 0 || deployment.violations.length > 0) break;
      openForBusiness(deployment);
    }
    if (check === undefined || check.problems.length === 0) {
      quietMs.push(await quieten(deployment));
      check = await checkDeployment(deployment);
      tellCheck(plan, check);
    }
    const report = reportOf({ plan, deployment, results, quietMs, check, startedAt });
    if (report.violations.length > 0 || plan.isKept) {
      deployment.keepFolder();
      plan.tell(`logs, journals and books stay in ${deployment.dataDir}`);
    }
    return report;
  } finally {
    await deployment.close();
  }
}

function openForBusiness(deployment: Deployment): void {
  deployment.setLineFaults(true);
  deployment.open();
}

async function firstSale(deployment: Deployment): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const stop = deployment.onSale(() => resolve(undefined));
  const limit = setTimeout(() => reject(new Error('nobody sells anything')), QUIET_MS_MAX);
  await promise.finally(() => clearTimeout(limit));
  stop();
}

/** Some business, now and then a line that is cut, then the fault. */
async function oneFault(
  deployment: Deployment,
  kind: SystemFaultKind,
  random: Random,
): Promise<SystemFaultResult> {
  await sleep(random.between(BUSINESS_MS.first, BUSINESS_MS.last));
  const cutting = random.chance(0.3)
    ? random.pick(deployment.proxies).proxy.cut(random.between(0, CUT_MS_MAX))
    : Promise.resolve();
  const fault = planFault(kind, random, deployment);
  const result = await injectFault(deployment, fault, random.between(0, DOWN_MS_MAX));
  await cutting;
  return result;
}

/**
 * Lines in peace, counters closed, nothing under way, nothing open in the database, every key asked for.
 * @returns how long that took, ms
 */
export async function quieten(deployment: Deployment): Promise<number> {
  const startedAt = Date.now();
  deployment.setLineFaults(false);
  await deployment.pause();
  // What a line still holds back must not arrive after the terminals have asked.
  await Promise.all(deployment.proxies.map(({ proxy }) => proxy.cut(0)));
  let open = await openWork(deployment);
  while (open > 0 && Date.now() - startedAt < QUIET_MS_MAX) {
    await sleep(100);
    open = await openWork(deployment);
  }
  if (open > 0) deployment.violations.push(`${open} pieces of work stay open`);
  const keys = await deployment.resolve();
  if (keys > 0) deployment.violations.push(`${keys} keys stay open at the terminals`);
  return Date.now() - startedAt;
}

function tellCheck({ tell }: ChaosPlan, check: DeploymentCheck): void {
  const { approvedSales, lost, doubled, oneSided, problems } = check;
  tell(
    `quiet: ${approvedSales} sales acknowledged, lost ${lost}, doubled ${doubled}, one-sided ${oneSided}` +
      (problems.length > 0
        ? `, ${problems.length} PROBLEMS: ${problems.slice(0, 5).join('; ')}`
        : ''),
  );
}

function reportOf(run: {
  readonly plan: ChaosPlan;
  readonly deployment: Deployment;
  readonly results: readonly SystemFaultResult[];
  readonly quietMs: readonly number[];
  readonly check: DeploymentCheck;
  readonly startedAt: number;
}): ChaosReport {
  const { plan, deployment, results, quietMs, check, startedAt } = run;
  const kills: Partial<Record<SystemFaultKind, number>> = {};
  for (const { kind } of results) kills[kind] = (kills[kind] ?? 0) + 1;
  const recoveries = results.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
  return {
    seed: plan.seed,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    kills,
    processesKilled: results.reduce((sum, { processes }) => sum + processes, 0),
    faults: deployment.faults(),
    check,
    recoveryMs: {
      median: recoveries[Math.floor(recoveries.length / 2)] ?? 0,
      longest: recoveries.at(-1) ?? 0,
    },
    longestQuietMs: Math.max(0, ...quietMs),
    violations: [...deployment.violations, ...check.problems],
  };
}
