import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Deployment } from './deployment.ts';
import type { DatabaseVictim } from './killable-postgres.ts';
import type { SaleTold } from './seller.ts';

/** What is killed at one moment. `engines` and `shops`: by index. */
export type SystemFault = {
  /** For the report: "engine", "postgres", "engine+bank" … */
  readonly kind: SystemFaultKind;
  readonly engines: readonly number[];
  readonly shops: readonly number[];
  readonly isBank: boolean;
  readonly database: DatabaseVictim | undefined;
  /** The database's disk is full for a while. */
  readonly isDisk: boolean;
  /** The engines are frozen for a while instead of killed. */
  readonly isFreeze: boolean;
};

export type SystemFaultResult = {
  readonly kind: SystemFaultKind;
  readonly processes: number;
  /**
   * From the kill to the first sale, begun after it, over every part that was hit; from the moment when the
   * disk has room again, or the engine wakes up. Undefined: never.
   */
  readonly recoveryMs: number | undefined;
};

/** Each with how often it is drawn. */
const weights = {
  engine: 5,
  backend: 3,
  postgres: 2,
  postmaster: 2,
  bank: 3,
  terminals: 3,
  'engine+postgres': 2,
  'engine+bank': 2,
  'terminals+engine': 2,
  'bank+backend': 1,
  everything: 1,
  'disk full': 2,
  'engine frozen': 1,
} as const;
export type SystemFaultKind = keyof typeof weights;
export const systemFaultKinds = Object.keys(weights) as readonly SystemFaultKind[];

/** @param hasDisk the database stands on a disk of its own, which may be filled */
export function drawFaultKind(random: Random, hasDisk: boolean): SystemFaultKind {
  const possible = systemFaultKinds.filter((kind) => hasDisk || kind !== 'disk full');
  return random.pick(possible.flatMap((kind) => Array<SystemFaultKind>(weights[kind]).fill(kind)));
}

/** Chooses the victims of a kind. */
export function planFault(
  kind: SystemFaultKind,
  random: Random,
  deployment: Pick<Deployment, 'engines' | 'shops'>,
): SystemFault {
  const everyone = (parts: readonly unknown[]) => parts.map((_part, index) => index);
  const oneOf = (parts: readonly unknown[]) => [random.between(0, parts.length - 1)];
  const isAll = kind === 'everything';
  const parts = kind.split(/[+ ]/);
  const database = (['backend', 'postgres', 'postmaster'] as const).find((victim) =>
    parts.includes(victim),
  );
  return {
    kind,
    engines: isAll
      ? everyone(deployment.engines)
      : parts.includes('engine')
        ? oneOf(deployment.engines)
        : [],
    shops: isAll
      ? everyone(deployment.shops)
      : parts.includes('terminals')
        ? oneOf(deployment.shops)
        : [],
    isBank: isAll || parts.includes('bank'),
    database: isAll ? 'postgres' : database,
    isDisk: kind === 'disk full',
    isFreeze: kind === 'engine frozen',
  };
}

/** A machine that others use too takes its time; what never comes back does not come after this either. */
const RECOVERY_MS_MAX = 180_000;
/** A full disk, and a frozen engine, last longer than what is killed stays down. */
const DISK_MS = 1_500;
const FREEZE_MS = 2_500;

/**
 * Breaks what is to be broken at one moment, mends it, and waits until there is business again everywhere.
 * @param downMs how long the killed processes stay down
 */
export async function injectFault(
  deployment: Deployment,
  fault: SystemFault,
  downMs: number,
): Promise<SystemFaultResult> {
  const { kind } = fault;
  const engines = fault.engines.flatMap((index) => deployment.engines[index] ?? []);
  if (fault.isFreeze) {
    // Longer than a reservation for every second one: another engine may have undone what sleeps here.
    await Promise.all(engines.map((engine) => engine.freeze(FREEZE_MS + 20 * downMs)));
    return { kind, processes: 0, recoveryMs: await waitForBusiness(deployment, fault, Date.now()) };
  }
  if (fault.isDisk) {
    await fillDiskFor(deployment, DISK_MS + downMs);
    return { kind, processes: 0, recoveryMs: await waitForBusiness(deployment, fault, Date.now()) };
  }
  const parts = [
    ...engines,
    ...fault.shops.flatMap((index) => deployment.shops[index] ?? []),
    ...(fault.isBank ? [deployment.bank] : []),
  ];
  const brokenAt = Date.now();
  const [servers] = await Promise.all([
    fault.database === undefined ? 0 : deployment.postgres.kill(fault.database),
    ...parts.map((part) => part.kill()),
  ]);
  const recovered = waitForBusiness(deployment, fault, brokenAt);
  await sleep(downMs);
  await Promise.all([deployment.postgres.ready(), ...parts.map((part) => part.start())]);
  return { kind, processes: parts.length + servers, recoveryMs: await recovered };
}

/** A server that gave up for want of room is started again once there is some. */
async function fillDiskFor({ postgres }: Deployment, ms: number): Promise<void> {
  const free = postgres.fillDisk();
  await sleep(ms);
  free();
  const isUp = await Promise.race([postgres.ready().then(() => true), sleep(DISK_MS, false)]);
  if (!isUp) await postgres.restart();
}

/** The first approved sale that began after the fault, for each part that was hit: ms until their last. */
async function waitForBusiness(
  deployment: Deployment,
  fault: SystemFault,
  since: number,
): Promise<number | undefined> {
  const waited = needsOf(deployment, fault);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const stop = deployment.onSale((sale) => {
    if (sale.startedAt < since) return;
    for (const need of [...waited]) if (need(sale)) waited.delete(need);
    if (waited.size === 0) resolve(sale.endedAt - since);
  });
  const limit = setTimeout(() => resolve(undefined), RECOVERY_MS_MAX);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    stop();
  }
}

type Need = (sale: SaleTold) => boolean;

function needsOf(deployment: Deployment, fault: SystemFault): Set<Need> {
  const { engines, shops, isBank, database, isDisk } = fault;
  const needs = new Set<Need>();
  const isEveryone = database !== undefined || isDisk;
  const hit = isEveryone ? deployment.engines.map((_engine, index) => index) : engines;
  for (const index of hit) needs.add(({ engine }) => engine === index);
  for (const index of shops) needs.add(({ shop }) => shop === index);
  if (isBank) needs.add(({ tender }) => tender === 'bank-debit');
  return needs;
}
