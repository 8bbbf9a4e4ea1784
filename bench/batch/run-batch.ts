import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createDecide } from '../../engine/domain/decide.ts';
import { createBillReview } from '../../engine/domain/settlement/bill-review.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createStore } from '../../engine/store/create-store.ts';
import { migrate } from '../../engine/store/migrate.ts';
import { sameForAll } from '../../rules/bill-review/review-model.ts';
import { loadReviewRules } from '../../rules/bill-review/review-rules.ts';
import { policy } from '../../tests/support/domain/builders.ts';
import type { ServerCounters } from '../findings/server-counters.ts';
import { beginCounting, observingSettings, readCounters } from '../findings/server-counters.ts';
import { openBenchDatabase, vacuum } from '../load/bench-database.ts';
import { terminalTable } from '../report/delay-table.ts';
import type { CommandSource } from './batch-commands.ts';
import { seedPeople } from './batch-commands.ts';
import type { BatchMarks } from './batch-marks.ts';
import { createBatchMarks } from './batch-marks.ts';
import type { MeasuredSize } from './batch-table.ts';
import { batchTable, middleCosts } from './batch-table.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (title: string) => process.stderr.write(`${title} …\n`);

/** A rest before each batch lets other programs take the processor's caches, as at low rates. */
const ways = [
  { name: '1', size: 1, restMs: 0 },
  { name: '1 after 5 ms of rest', size: 1, restMs: 5 },
  { name: '10', size: 10, restMs: 0 },
  { name: '50', size: 50, restMs: 0 },
] as const;
type Way = (typeof ways)[number];

/** Settlements before the compiler has finished with the hot path. */
const WARM_UP_SETTLEMENTS = 15_000;
const BATCHES_A_ROUND = 100;
/** Backends report their counters once a second. */
const REPORTED_MS = 1_500;

/**
 * `npm run bench -- batch`: where the time of a batch goes, by its size: reading, deciding, writing,
 * committing; on the side of the engine and on the server's. Only the store, in this process, on the embedded
 * server. Options: --rounds 5 --json FILE.
 * @returns the exit code
 */
export async function runBatch(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } },
  });
  const rounds = Number(values.rounds);
  if (!(rounds >= 1)) throw new Error('--rounds takes a number from 1');
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  const stops: (() => Promise<void>)[] = [];
  try {
    const { engineUrl, stop } = await openBenchDatabase(undefined, observingSettings);
    stops.push(stop);
    await migrate(engineUrl);
    const source = await seedPeople(engineUrl);
    const client = new pg.Client({ connectionString: engineUrl });
    await client.connect();
    stops.push(() => client.end());
    await vacuum(engineUrl);
    await beginCounting(client);
    let pids: readonly number[] = [];
    const marks = createBatchMarks(() => pids);
    const store = openStore(engineUrl, marks);
    stops.push(store.close);
    tell('warming up');
    await warmUp(store, source);
    pids = await storePids(client);
    const measured = await measureWays({ store, source, marks, client }, rounds);
    print(terminalTable(batchTable(measured.sizes)));
    for (const line of measured.lines) print(line);
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify(measured, undefined, 1)}\n`);
    }
    return 0;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

/** The store as the engine opens it, with its usual checks of bills. */
function openStore(url: string, { around }: BatchMarks) {
  const reviewBill = createBillReview(loadReviewRules(), sameForAll('warn'));
  return createStore({
    url,
    decide: createDecide(() => policy, { reviewBill }),
    now: () => performance.now(),
    log: (event, facts) => tell(`${event} ${JSON.stringify(facts)}`),
    around,
  });
}

async function warmUp(store: Store, source: CommandSource): Promise<void> {
  let done = 0;
  while (done < WARM_UP_SETTLEMENTS) {
    for (const { size } of ways) {
      await settle(store, source.next(size));
      done += size;
    }
  }
}

async function settle(store: Store, commands: ReturnType<CommandSource['next']>): Promise<void> {
  const results = await Promise.all(commands.map((command) => store.execute(command)));
  const isDone = results.every((result) => result.ok && result.value.answer.outcome === 'approved');
  if (!isDone) throw new Error(`a settlement was not approved: ${JSON.stringify(results[0])}`);
}

async function storePids(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(`select pid from pg_stat_activity
    where datname = current_database() and application_name = 'yikatong'`);
  return rows.map(({ pid }) => pid);
}

type Bench = {
  readonly store: Store;
  readonly source: CommandSource;
  readonly marks: BatchMarks;
  readonly client: pg.Client;
};

/** The ways take turns, so that a change of the machine meets all of them. */
async function measureWays(bench: Bench, rounds: number) {
  const sizes: (MeasuredSize & { rounds: MeasuredSize['rounds'][number][] })[] = ways.map(
    ({ name, size }) => ({ name, size, rounds: [] }),
  );
  const onServer = new Map<string, string>();
  await sleep(REPORTED_MS);
  const start = await readCounters(bench.client);
  for (let round = 1; round <= rounds; round += 1) {
    tell(`round ${round} of ${rounds}`);
    for (const [i, way] of ways.entries()) {
      const before = await readCounters(bench.client);
      const batches = await measureRound(bench, way);
      sizes[i]?.rounds.push(middleCosts(batches));
      onServer.set(way.name, statementLine(way, before, await readCounters(bench.client)));
    }
  }
  await sleep(REPORTED_MS);
  const end = await readCounters(bench.client);
  const syncMs = (end.walSyncMs - start.walSyncMs) / (end.walSyncs - start.walSyncs);
  const lines = [...onServer.values(), `a sync of the log: ${(syncMs * 1_000).toFixed(0)} µs`];
  return { sizes, lines };
}

async function measureRound({ store, source, marks }: Bench, { size, restMs }: Way) {
  const batches = [];
  for (let i = 0; i < BATCHES_A_ROUND; i += 1) {
    const commands = source.next(size);
    if (restMs > 0) await sleep(restMs);
    marks.begin();
    await settle(store, commands);
    batches.push(marks.end());
  }
  return batches;
}

/**
 * What the server spent on planning and executing; the rest of its CPU is parsing, binding and
 * committing.
 */
function statementLine({ name }: Way, before: ServerCounters, after: ServerCounters): string {
  const spent = (isWrite: boolean, of: 'executeMs' | 'planMs') => {
    const sum = ({ statements }: ServerCounters) =>
      statements
        .filter(({ text }) => text.startsWith('with person_in') === isWrite)
        .filter(({ text }) => isWrite || text.includes('unnest'))
        .reduce((total, statement) => total + statement[of], 0);
    return (((sum(after) - sum(before)) * 1_000) / BATCHES_A_ROUND).toFixed(0);
  };
  const text = (isWrite: boolean) =>
    `execute ${spent(isWrite, 'executeMs')}, plan ${spent(isWrite, 'planMs')}`;
  return `on the server, batches of ${name} (last round), µs: read ${text(false)}; write ${text(true)}`;
}
