import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseVictim } from './chaos-postgres.ts';
import type { SaleTold } from './chaos-seller.ts';
import type { Town } from './chaos-town.ts';
import type { Random } from './sim-scheduler.ts';

/** What is killed at one moment. `engines` and `shops`: by index. */
export type Strike = {
  /** For the report: "engine", "postgres", "engine+bank" … */
  readonly kind: StrikeKind;
  readonly engines: readonly number[];
  readonly shops: readonly number[];
  readonly isBank: boolean;
  readonly database: DatabaseVictim | undefined;
};

export type StrikeResult = {
  readonly kind: StrikeKind;
  readonly processes: number;
  /** From the kill to the first sale, begun after it, over every part that was hit; undefined: never. */
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
} as const;
export type StrikeKind = keyof typeof weights;
export const strikeKinds = Object.keys(weights) as readonly StrikeKind[];

export function drawKind(random: Random): StrikeKind {
  return random.pick(strikeKinds.flatMap((kind) => Array<StrikeKind>(weights[kind]).fill(kind)));
}

/** Chooses the victims of a kind. */
export function planStrike(
  kind: StrikeKind,
  random: Random,
  town: Pick<Town, 'engines' | 'shops'>,
): Strike {
  const everyone = (parts: readonly unknown[]) => parts.map((_part, index) => index);
  const oneOf = (parts: readonly unknown[]) => [random.between(0, parts.length - 1)];
  const isAll = kind === 'everything';
  const parts = kind.split('+');
  const database = (['backend', 'postgres', 'postmaster'] as const).find((victim) =>
    parts.includes(victim),
  );
  return {
    kind,
    engines: isAll ? everyone(town.engines) : parts.includes('engine') ? oneOf(town.engines) : [],
    shops: isAll ? everyone(town.shops) : parts.includes('terminals') ? oneOf(town.shops) : [],
    isBank: isAll || parts.includes('bank'),
    database: isAll ? 'postgres' : database,
  };
}

const RECOVERY_MS_MAX = 60_000;

/**
 * Kills at one moment, starts again what is gone, and waits until there is business again everywhere.
 * @param downMs how long the killed processes stay down
 */
export async function strikeTown(
  town: Town,
  strike: Strike,
  downMs: number,
): Promise<StrikeResult> {
  const { engines, shops, isBank, database } = strike;
  const parts = [
    ...engines.flatMap((index) => town.engines[index] ?? []),
    ...shops.flatMap((index) => town.shops[index] ?? []),
    ...(isBank ? [town.bank] : []),
  ];
  const struckAt = Date.now();
  const [servers] = await Promise.all([
    database === undefined ? 0 : town.postgres.kill(database),
    ...parts.map((part) => part.kill()),
  ]);
  const recovered = waitForBusiness(town, strike, struckAt);
  await sleep(downMs);
  await Promise.all([town.postgres.ready(), ...parts.map((part) => part.start())]);
  const recoveryMs = await recovered;
  return { kind: strike.kind, processes: parts.length + servers, recoveryMs };
}

/** The first approved sale that began after the strike, for each part that was hit: ms until the last of them. */
async function waitForBusiness(
  town: Town,
  strike: Strike,
  since: number,
): Promise<number | undefined> {
  const waited = needsOf(town, strike);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const stop = town.onSale((sale) => {
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

function needsOf(town: Town, { engines, shops, isBank, database }: Strike): Set<Need> {
  const needs = new Set<Need>();
  const hit = database === undefined ? engines : town.engines.map((_engine, index) => index);
  for (const index of hit) needs.add(({ engine }) => engine === index);
  for (const index of shops) needs.add(({ shop }) => shop === index);
  if (isBank) needs.add(({ tender }) => tender === 'bank-debit');
  return needs;
}
