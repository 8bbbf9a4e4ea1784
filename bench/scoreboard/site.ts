import type { BankProcess } from '../load/bank-process.ts';
import { startBankProcess } from '../load/bank-process.ts';
import { seedBenchCrowd } from '../load/bench-crowd.ts';
import type { BenchDatabase } from '../load/bench-database.ts';
import { openBenchDatabase } from '../load/bench-database.ts';
import { cpuTimeOf, cpuTimeOfMachine } from '../load/cpu-time.ts';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { SaleKind } from '../load/load-orders.ts';
import type { LoadProcess } from '../load/load-process.ts';
import { startLoadProcess } from '../load/load-process.ts';
import { findPgbench, preparePgbench } from '../load/pgbench.ts';
import type { LoadFigures } from '../load/tally.ts';
import type { BenchOptions } from './bench-options.ts';
import type { CpuParts, LoadPart } from './samples.ts';
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

type Kind = Partial<SaleKind> & {
  /** Another engine than the site's. */
  readonly engine?: EngineChild;
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
  const cpuOf = ({ pid }: EngineChild): CpuParts => {
    const { serverPid } = database;
    const own = {
      generator: cpuTimeOf(load.pid, 'alone'),
      engine: cpuTimeOf(pid, 'alone'),
      database: serverPid === undefined ? undefined : cpuTimeOf(serverPid, 'with-children'),
    };
    const parts = [own.generator, own.engine, own.database, cpuTimeOf(bank.pid, 'alone')];
    const others = parts.reduce(
      (left, part) => (left === undefined || part === undefined ? undefined : left - part),
      cpuTimeOfMachine(),
    );
    return { ...own, others };
  };
  const measure = async (of: EngineChild, work: () => Promise<LoadFigures>): Promise<LoadPart> => {
    await database.checkpoint();
    const [before, startedAt] = [cpuOf(of), performance.now()];
    const figures = await work();
    const cpuMs = spentSince(before, cpuOf(of));
    if (of === engine) approved += figures.approved;
    return { load: figures, cpuMs, wallMs: performance.now() - startedAt };
  };
  const kindOf = ({ mix = 'mixed', bankShare = 0 }: Kind): SaleKind => ({ mix, bankShare });
  const openOrder = ({ perSecond, seconds, engine: of = engine }: OpenPlan) => {
    seed += 1;
    return { url: of.url, perSecond, durationMs: seconds * 1000, seed };
  };
  return {
    ...parts,
    approved: () => approved,
    async closedLoop(plan) {
      const { connections, seconds, expected, engine: of = engine } = plan;
      const wanted = Math.min(PREPARED_MAX, Math.ceil(expected * seconds * SPARE));
      const count = Math.max(connections, wanted);
      await load.tell({ do: 'prepare', url: of.url, count, ...kindOf(plan) });
      return measure(of, () =>
        load.measure({ do: 'closed', url: of.url, connections, durationMs: seconds * 1000 }),
      );
    },
    async openLoop(wish) {
      const { engine: of = engine, perSecond } = wish;
      const plan = { ...wish, seconds: Math.min(wish.seconds, PREPARED_MAX / perSecond) };
      // Poisson: more than the mean may come.
      const mean = perSecond * plan.seconds;
      const count = Math.ceil(mean + 6 * Math.sqrt(mean) + 10);
      await load.tell({ do: 'prepare', url: of.url, count, ...kindOf(plan) });
      return measure(of, () => load.measure({ do: 'open-loop', ...openOrder(plan) }));
    },
    rolling: (plan) =>
      measure(plan.engine ?? engine, () =>
        load.measure({ do: 'rolling', ...openOrder(plan), ...kindOf(plan) }),
      ),
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
