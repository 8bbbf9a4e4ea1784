import type { BankProcess } from '../load/bank-process.ts';
import { startBankProcess } from '../load/bank-process.ts';
import type { BenchDatabase } from '../load/bench-database.ts';
import { openBenchDatabase, vacuum } from '../load/bench-database.ts';
import { seedBenchPopulation } from '../load/bench-population.ts';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { SaleKind } from '../load/load-orders.ts';
import type { LoadProcess } from '../load/load-process.ts';
import { startLoadProcess } from '../load/load-process.ts';
import { findPgbench, preparePgbench } from '../load/pgbench.ts';
import type { LoadFigures } from '../load/tally.ts';
import type { BenchOptions } from './bench-options.ts';
import type { Target } from './measure-part.ts';
import { measurePart } from './measure-part.ts';
import type { LoadPart } from './samples.ts';
import { rateOf } from './samples.ts';

/** What a run measures: one durable server, one engine, its bank, and the load generator. */
export type TestBed = {
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
  /** Instead of the test bed's own engine. */
  readonly target?: Target;
};
export type ClosedPlan = Kind & {
  readonly connections: number;
  readonly seconds: number;
  /** Settlements a second that may be reached; decides how many requests are made. */
  readonly expected: number;
};
export type OpenPlan = Kind & { readonly perSecond: number; readonly seconds: number };

const BANK_LATENCY_MS = 150;
/**
 * More requests cannot be made before the first challenges expire; a faster engine is measured for
 * less long.
 */
const PREPARED_MAX = 100_000;
/** Spare requests, because a part may be faster than expected. */
const SPARE = 1.4;

/** Opens a test bed. `stops` gets what closes it; the caller calls them in reverse order. */
export async function openTestBed(
  options: BenchOptions,
  stops: (() => Promise<void>)[],
  tell: (line: string) => void,
  serverSettings: Readonly<Record<string, string>> = {},
): Promise<TestBed> {
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
  const { folder } = await seedBenchPopulation(databaseUrl, dataDir, { people });
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
  return createTestBed(options, { database, pgbench, engine, bank, load });
}

function createTestBed(
  options: BenchOptions,
  parts: Pick<TestBed, 'database' | 'pgbench' | 'engine' | 'bank' | 'load'>,
): TestBed {
  const { database, engine, load } = parts;
  let approved = 0;
  let seed = options.seed;
  const own: Target = { engine, server: database };
  const measure = async ({ target = own }: Kind, work: () => Promise<LoadFigures>) => {
    const part = await measurePart(parts, target, work);
    if (target === own) approved += part.load.approved;
    return part;
  };
  const kindOf = ({ mix = 'mixed', bankShare = 0 }: Kind): SaleKind => ({ mix, bankShare });
  const openOrder = ({ perSecond, seconds, target = own }: OpenPlan) => {
    seed += 1;
    return { url: target.engine.url, perSecond, durationMs: seconds * 1000, seed };
  };
  return {
    ...parts,
    approved: () => approved,
    async closedLoop(plan) {
      const { connections, seconds, expected } = plan;
      const { url } = (plan.target ?? own).engine;
      const wanted = Math.min(PREPARED_MAX, Math.ceil(expected * seconds * SPARE));
      const count = Math.max(connections, wanted);
      await load.tell({ do: 'prepare', url, count, ...kindOf(plan) });
      return measure(plan, () =>
        load.measure({ do: 'closed', url, connections, durationMs: seconds * 1000 }),
      );
    },
    async openLoop(wish) {
      const { perSecond } = wish;
      const { url } = (wish.target ?? own).engine;
      const plan = { ...wish, seconds: Math.min(wish.seconds, PREPARED_MAX / perSecond) };
      // Arrivals are a Poisson process: there may be more of them than the mean.
      const mean = perSecond * plan.seconds;
      const count = Math.ceil(mean + 6 * Math.sqrt(mean) + 10);
      await load.tell({ do: 'prepare', url, count, ...kindOf(plan) });
      return measure(plan, () => load.measure({ do: 'open-loop', ...openOrder(plan) }));
    },
    rolling: (plan) =>
      measure(plan, () => load.measure({ do: 'rolling', ...openOrder(plan), ...kindOf(plan) })),
  };
}

/**
 * Settlements after which CPU a settlement no longer falls. The compiler optimizes functions of the hot path
 * until about the 16,000th, and needs a little longer for rarer ones.
 */
const WARM_UP_SETTLEMENTS = { quick: 20_000, usual: 40_000 };
/** On a machine that is too slow or too busy to settle so many. */
const WARM_UP_MAX_MS = 120_000;
const WARM_UP_PART_SECONDS = 3;

/**
 * Settles until nothing becomes faster any more: compiler, caches, sizes of heap and log. Then vacuums, which
 * the server would do by itself in the midst of a measurement.
 * @returns settlements a second of the last part
 */
export async function warmUp(testBed: TestBed, quick: boolean): Promise<number> {
  const plan = { connections: 64, seconds: WARM_UP_PART_SECONDS };
  const wanted = quick ? WARM_UP_SETTLEMENTS.quick : WARM_UP_SETTLEMENTS.usual;
  const endsAt = performance.now() + WARM_UP_MAX_MS;
  let [rate, settled] = [1_000, 0];
  while (settled < wanted && performance.now() < endsAt) {
    const part = await testBed.closedLoop({ ...plan, expected: rate });
    rate = rateOf(part);
    settled += part.load.approved;
  }
  await vacuum(testBed.database.engineUrl);
  return rate;
}
