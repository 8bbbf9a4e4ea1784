import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCounts } from '../findings/server-counters.ts';
import type { BankProcess } from '../load/bank-process.ts';
import { startBankProcess } from '../load/bank-process.ts';
import { seedBenchCrowd } from '../load/bench-crowd.ts';
import type { BenchDatabase, MeasuredServer } from '../load/bench-database.ts';
import { openBenchDatabase } from '../load/bench-database.ts';
import { cpuTimeOf, machineTimes } from '../load/cpu-time.ts';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { SaleKind } from '../load/load-orders.ts';
import type { LoadProcess } from '../load/load-process.ts';
import { startLoadProcess } from '../load/load-process.ts';
import { findPgbench, preparePgbench } from '../load/pgbench.ts';
import type { LoadFigures } from '../load/tally.ts';
import type { BenchOptions } from './bench-options.ts';
import type { CpuParts, LoadPart, ServerUse } from './samples.ts';
import { rateOf } from './samples.ts';

/** Where everything is measured: one durable server, one engine, its bank, and the load. */
export type Site = {
  readonly database: BenchDatabase;
  /** Undefined: this machine has no pgbench. */
  readonly pgbench: string | undefined;
  readonly engine: EngineChild;
  readonly bank: BankProcess;
  readonly load: LoadProcess;
  /** Settled by the engine since the start, as it answered. */
  approved(): number;
  /** A closed loop; the requests are made before it. */
  closedLoop(plan: ClosedPlan): Promise<LoadPart>;
  /** An open loop; the requests are made before it. */
  openLoop(plan: OpenPlan): Promise<LoadPart>;
  /** An open loop that makes its requests while it goes. */
  rolling(plan: OpenPlan): Promise<LoadPart>;
};

/** An engine and the server that holds its database. */
export type Place = { readonly engine: EngineChild; readonly server: MeasuredServer };

type Kind = Partial<SaleKind> & {
  /** Another place than the site's. */
  readonly place?: Place;
};
export type ClosedPlan = Kind & {
  readonly connections: number;
  readonly seconds: number;
  /** Settlements a second that may be reached: so many requests are made. */
  readonly expected: number;
};
export type OpenPlan = Kind & { readonly perSecond: number; readonly seconds: number };

const BANK_LATENCY_MS = 150;
/** So many requests are made before their challenges run out; a faster engine is measured for less long. */
const PREPARED_MAX = 100_000;
/** A part may be faster than expected. */
const SPARE = 1.4;
/** Backends tell some counters once a second; shorter parts do not wait for them. */
const TOLD_MS = 1_200;
const TOLD_FROM_MS = 2_900;

/** Opens the site; `stops` gets what ends it, and is to be called in the opposite order. */
export async function openSite(
  options: BenchOptions,
  stops: (() => Promise<void>)[],
  tell: (line: string) => void,
  serverSettings: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const database = await openBenchDatabase(options.databaseUrl, serverSettings);
  stops.push(database.stop);
  const { engineUrl: databaseUrl, dataDir } = database;
  const pgbench = findPgbench();
  if (pgbench === undefined) {
    tell('pgbench is not installed (Debian package: postgresql): nothing to compare with');
  } else {
    tell('filling pgbench’s tables');
    await preparePgbench(pgbench, database.pgbenchUrl);
  }
  const { persons: people } = options;
  tell(`seeding ${people} people`);
  const { folder } = await seedBenchCrowd(databaseUrl, dataDir, { people });
  const bank = await startBankProcess({ folder, people, latencyMs: BANK_LATENCY_MS });
  stops.push(bank.stop);
  const { profile } = options;
  const engine = await startEngineChild({ databaseUrl, dataDir, profile, bankPort: bank.port });
  stops.push(engine.stop);
  const load = startLoadProcess();
  stops.push(load.stop);
  tell('signing the counters in');
  await load.tell({ do: 'open', folder, people });
  await load.tell({ do: 'sign-in', url: engine.url });
  return createSite(options, { database, pgbench, engine, bank, load });
}

function createSite(
  options: BenchOptions,
  parts: Pick<Site, 'database' | 'pgbench' | 'engine' | 'bank' | 'load'>,
): Site {
  const { database, engine, bank, load } = parts;
  let approved = 0;
  let seed = options.seed;
  const own: Place = { engine, server: database };
  const cpuOf = ({ engine: { pid }, server: { serverPid } }: Place): CpuParts => {
    const times = machineTimes();
    const parts = {
      generator: cpuTimeOf(load.pid, 'alone'),
      engine: cpuTimeOf(pid, 'alone'),
      database: serverPid === undefined ? undefined : cpuTimeOf(serverPid, 'with-children'),
    };
    const known = [...Object.values(parts), cpuTimeOf(bank.pid, 'alone')];
    const others = known.reduce(
      (left, part) => (left === undefined || part === undefined ? undefined : left - part),
      times?.used,
    );
    return { ...parts, others, stolen: times?.stolen, waited: times?.waited };
  };
  const measure = async (
    { place = own }: Kind,
    work: () => Promise<LoadFigures>,
  ): Promise<LoadPart> => {
    const { server } = place;
    await server.checkpoint();
    const countsBefore = await server.counts();
    const [before, startedAt] = [cpuOf(place), performance.now()];
    const figures = await work();
    const cpuMs = spentSince(before, cpuOf(place));
    const wallMs = performance.now() - startedAt;
    const used = await useSince(server, countsBefore, wallMs);
    if (place === own) approved += figures.approved;
    return { load: figures, cpuMs, wallMs, server: used };
  };
  const kindOf = ({ mix = 'mixed', bankShare = 0 }: Kind): SaleKind => ({ mix, bankShare });
  const openOrder = ({ perSecond, seconds, place = own }: OpenPlan) => {
    seed += 1;
    return { url: place.engine.url, perSecond, durationMs: seconds * 1000, seed };
  };
  return {
    ...parts,
    approved: () => approved,
    async closedLoop(plan) {
      const { connections, seconds, expected } = plan;
      const { url } = (plan.place ?? own).engine;
      const wanted = Math.min(PREPARED_MAX, Math.ceil(expected * seconds * SPARE));
      const count = Math.max(connections, wanted);
      await load.tell({ do: 'prepare', url, count, ...kindOf(plan) });
      return measure(plan, () =>
        load.measure({ do: 'closed', url, connections, durationMs: seconds * 1000 }),
      );
    },
    async openLoop(wish) {
      const { perSecond } = wish;
      const { url } = (wish.place ?? own).engine;
      const plan = { ...wish, seconds: Math.min(wish.seconds, PREPARED_MAX / perSecond) };
      // Poisson: more than the mean may come.
      const mean = perSecond * plan.seconds;
      const count = Math.ceil(mean + 6 * Math.sqrt(mean) + 10);
      await load.tell({ do: 'prepare', url, count, ...kindOf(plan) });
      return measure(plan, () => load.measure({ do: 'open-loop', ...openOrder(plan) }));
    },
    rolling: (plan) =>
      measure(plan, () => load.measure({ do: 'rolling', ...openOrder(plan), ...kindOf(plan) })),
  };
}

async function useSince(
  server: MeasuredServer,
  before: ServerCounts | undefined,
  wallMs: number,
): Promise<ServerUse | undefined> {
  const now = await server.counts();
  if (before === undefined || now === undefined) return undefined;
  const exact = { writes: now.writes - before.writes, walBytes: now.walBytes - before.walBytes };
  if (wallMs < TOLD_FROM_MS) return exact;
  await sleep(TOLD_MS);
  const late = await server.counts();
  if (late === undefined) return exact;
  return {
    ...exact,
    fullPages: late.fullPages - before.fullPages,
    walSyncs: late.walSyncs - before.walSyncs,
  };
}

function spentSince(before: CpuParts, after: CpuParts): CpuParts {
  const spent = (part: keyof CpuParts) => {
    const [from, to] = [before[part], after[part]];
    return from === undefined || to === undefined ? undefined : to - from;
  };
  return {
    ...{ generator: spent('generator'), engine: spent('engine') },
    ...{ database: spent('database'), others: spent('others') },
    ...{ stolen: spent('stolen'), waited: spent('waited') },
  };
}

/** Enough for the compiler to have seen the hot path; tells how much an engine carries, settlements/s. */
export async function warmUp(site: Site, quick: boolean): Promise<number> {
  const plan = { connections: 64, seconds: quick ? 2 : 6 };
  let rate = 1_000;
  for (let turn = 0; turn < 2; turn += 1) {
    rate = rateOf(await site.closedLoop({ ...plan, expected: rate }));
  }
  return rate;
}
