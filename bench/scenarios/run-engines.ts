import Table from 'cli-table3';
import { startBankProcess } from '../load/bank-process.ts';
import type { BenchDatabase } from '../load/bench-database.ts';
import { openBenchDatabase } from '../load/bench-database.ts';
import type { BenchPopulation } from '../load/bench-population.ts';
import { seedBenchPopulation } from '../load/bench-population.ts';
import { readBooks } from '../load/check-books.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import { cpuTimeOf } from '../load/cpu-time.ts';
import { openLoadCounter } from '../load/load-counter.ts';
import type { PreparedSale } from '../load/make-sales.ts';
import { prepareSales } from '../load/make-sales.ts';
import type { SaleSource } from '../load/settlement-source.ts';
import { createSaleSource } from '../load/settlement-source.ts';
import { isApproved } from '../load/tally.ts';
import { median } from '../report/figures.ts';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import type { Fleet } from './engine-fleets.ts';
import { fleetPlans, shareOut, startFleet } from './engine-fleets.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (title: string) => process.stderr.write(`${title} …\n`);
const CONNECTIONS = 64;
/** Upper limit of settlements a second; decides how many requests are made. */
const RATE_MAX = 2_500;
/** Enough for the compiler to have seen the hot path of each engine. */
const WARM_UP_SECONDS = 5;

/** What one fleet came to in one round; CPU in core-ms a settlement. */
export type FleetFigures = {
  readonly rate: number;
  readonly enginesCpu: number;
  readonly databaseCpu: number;
  readonly settlementsInBatch: number;
  readonly failedBatches: number;
  readonly refused: number;
};

type FleetContext = { readonly database: BenchDatabase; readonly source: SaleSource };

/**
 * `npm run bench -- engines`: one engine, and two on one database, in turn on one server, with 64
 * connections in all. Options: --seconds 5 --rounds 3 --persons 20000 --database-url URL.
 * @returns the exit code: 1 when the books do not hold exactly what was answered
 */
export async function runEngines(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(['--seconds', '5', ...args]);
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const database = await openBenchDatabase(options.databaseUrl);
    stops.push(database.stop);
    tell(`seeding ${options.persons} people`);
    const people = { people: options.persons };
    const { engineUrl: databaseUrl, dataDir } = database;
    const population = await seedBenchPopulation(databaseUrl, dataDir, people);
    const bank = await startBankProcess({ folder: population.folder, ...people, latencyMs: 150 });
    stops.push(bank.stop);
    const place = { databaseUrl, dataDir, bankPort: bank.port };
    const fleets: Fleet[] = [];
    for (const plan of fleetPlans) fleets.push(await startFleet(plan, place, stops));
    const context = await openContext(database, population, fleets);
    let approved = 0;
    const rounds = new Map(fleets.map(({ name }) => [name, [] as FleetFigures[]]));
    for (let round = 0; round <= options.rounds; round += 1) {
      tell(round === 0 ? 'warming up' : `round ${round} of ${options.rounds}`);
      // The order alternates, so that no fleet always follows the same one.
      for (const fleet of round % 2 === 0 ? fleets : fleets.toReversed()) {
        const seconds = round === 0 ? WARM_UP_SECONDS : options.seconds;
        const measured = await measureFleet(context, fleet, seconds);
        approved += measured.approved;
        if (round > 0) rounds.get(fleet.name)?.push(measured.figures);
      }
    }
    print(engineTable(rounds));
    const books = await readBooks(databaseUrl);
    const isRight =
      books.settlements === approved && books.trialBalance === '0' && books.problems === 0;
    print(
      isRight ? 'valid: the books hold what was answered' : `INVALID: ${JSON.stringify(books)}`,
    );
    return isRight ? 0 : 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

async function openContext(
  database: BenchDatabase,
  population: BenchPopulation,
  fleets: readonly Fleet[],
): Promise<FleetContext> {
  tell('signing the counters in');
  const url = firstOf(fleets).url;
  const counters = population.counters.map((counter) =>
    openLoadCounter(counter, { url, folder: population.folder }),
  );
  const source = createSaleSource(population, await Promise.all(counters));
  return { database, source };
}

function firstOf(fleets: readonly Fleet[]) {
  const engine = fleets[0]?.engines[0];
  if (engine === undefined) throw new Error('there is no engine');
  return engine;
}

async function measureFleet(context: FleetContext, fleet: Fleet, seconds: number) {
  const count = Math.ceil(RATE_MAX * seconds);
  const parts = await prepareFor(context, fleet, count);
  await context.database.checkpoint();
  const before = await spentBy(context, fleet);
  const startedAt = performance.now();
  let approved = 0;
  const loops = await Promise.all(
    fleet.engines.map(({ url }, engine) =>
      runClosedLoop({
        url,
        connections: CONNECTIONS / fleet.engines.length,
        requests: (parts[engine] ?? []).map(({ request }) => request),
        durationMs: seconds * 1_000,
        onAnswer: (_, answer) => {
          if (isApproved(answer)) approved += 1;
        },
      }),
    ),
  );
  const elapsed = performance.now() - startedAt;
  const after = await spentBy(context, fleet);
  const answered = loops.reduce((sum, loop) => sum + loop.answered, 0);
  const figures: FleetFigures = {
    rate: (approved * 1_000) / elapsed,
    enginesCpu: (after.enginesMs - before.enginesMs) / approved,
    databaseCpu: (after.databaseMs - before.databaseMs) / approved,
    settlementsInBatch: approved / (after.batches - before.batches),
    failedBatches: (after.failed - before.failed) / (after.batches - before.batches),
    refused: (answered - approved) / answered,
  };
  return { approved, figures };
}

/** Requests for each engine; a challenge of one engine is valid at all of them. */
async function prepareFor(
  { source }: FleetContext,
  fleet: Fleet,
  count: number,
): Promise<readonly (readonly PreparedSale[])[]> {
  const times = fleet.isShared ? fleet.engines.length : 1;
  const sales = Array.from({ length: Math.ceil(count / times) }, () => source.next('mixed', 0));
  const all = sales.flatMap((sale) => Array.from({ length: times }, () => sale));
  const url = firstOf([fleet]).url;
  const chipOf = () => {
    throw new Error('no bank takes part');
  };
  return shareOut(await prepareSales(all, { url, chipOf }), fleet);
}

async function spentBy({ database }: FleetContext, { engines }: Fleet) {
  const { serverPid } = database;
  const counts = await Promise.all(engines.map((engine) => engine.batches()));
  const cpu = engines.map(({ pid }) => cpuTimeOf(pid, 'alone') ?? Number.NaN);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    enginesMs: sum(cpu),
    databaseMs: (serverPid && cpuTimeOf(serverPid, 'with-children')) ?? Number.NaN,
    batches: sum(counts.map(({ all }) => all)),
    failed: sum(counts.map(({ failed }) => failed)),
  };
}

/** Medians of the rounds, and beside the rate the lowest and the highest. */
export function engineTable(rounds: ReadonlyMap<string, readonly FleetFigures[]>): string {
  const table = new Table({
    head: [
      ...['engines', 'settlements/s', 'CPU engines', 'CPU PostgreSQL'],
      ...['settlements a batch', 'batches anew', 'refused'],
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const [name, figures] of rounds) {
    if (figures.length === 0) continue;
    const of = (key: keyof FleetFigures) => figures.map((one) => one[key]);
    const rates = of('rate').map(Math.round);
    const range = `${Math.min(...rates)} to ${Math.max(...rates)}`;
    table.push([
      name,
      `${figure(median(rates))} (${range})`,
      figure(median(of('enginesCpu'))),
      figure(median(of('databaseCpu'))),
      figure(median(of('settlementsInBatch'))),
      `${figure(100 * median(of('failedBatches')))} %`,
      `${figure(100 * median(of('refused')))} %`,
    ]);
  }
  return table.toString();
}
