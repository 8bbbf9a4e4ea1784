/**
 * `npm run bench`: how many settlements a second this machine carries, beside what PostgreSQL's own
 * benchmark reaches on the same durable server in the same minutes. Absolute figures move by a quarter
 * from hour to hour on shared machines; the ratio is what can be compared. It is fair on a quiet machine
 * only: pgbench's many processes get a larger share of contended cores than the engine's one.
 *
 * Each round runs pgbench (TPC-B-like, every client count) and then settlements: POST /v1/settlements in
 * a closed loop with real challenges, chip cryptograms, PIN blocks and signatures, prepared before the
 * measured window because their making is the terminals' work. Every answer must be an approval, and
 * afterwards the books must hold exactly what was answered and balance.
 *
 * Options: --seconds 10 --rounds 3 --connections 64 --clients 8,16,32 --persons 20000 --json FILE
 * --database-url URL --profile FOLDER. Exit code 0: a valid run; 1: not.
 *
 * `npm run bench -- rules` measures the rules alone: see rules/run-rules.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { seedBenchCrowd } from './load/bench-crowd.ts';
import type { BenchDatabase } from './load/bench-database.ts';
import { openBenchDatabase } from './load/bench-database.ts';
import type { BenchOptions } from './load/bench-options.ts';
import { readBenchOptions } from './load/bench-options.ts';
import { readBooks } from './load/check-books.ts';
import { cpuTimeOf } from './load/cpu-time.ts';
import type { EngineChild } from './load/engine-child.ts';
import { startEngineChild } from './load/engine-child.ts';
import type { TpcbRun } from './load/pgbench.ts';
import { findPgbench, preparePgbench, runPgbench } from './load/pgbench.ts';
import type { SettlementLoad } from './load/settlement-load.ts';
import { openSettlementLoad } from './load/settlement-load.ts';
import type { BenchRun, Round } from './report/bench-report.ts';
import { summarise } from './report/bench-report.ts';
import { describeMachine, loadAverage } from './report/machine.ts';
import { reportLines } from './report/print-report.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

/** Enough for the compiler to have seen the hot path, and to know how many requests a round needs. */
const WARM_UP_REQUESTS = 12_000;
const WARM_UP_MS = 15_000;
/** A round may be faster than the last one. */
const SPARE_REQUESTS = 1.4;

async function measure(options: BenchOptions, database: BenchDatabase): Promise<BenchRun> {
  const pgbench = findPgbench();
  if (pgbench === undefined) {
    tell('pgbench is not installed (Debian package: postgresql): the ratio is null');
  } else {
    tell('filling pgbench’s tables …');
    await preparePgbench(pgbench, database.pgbenchUrl);
  }
  tell(`seeding ${options.persons} people …`);
  const { engineUrl: databaseUrl, dataDir } = database;
  const crowd = await seedBenchCrowd(databaseUrl, dataDir, options.persons);
  const engine = await startEngineChild({ databaseUrl, dataDir, profile: options.profile });
  try {
    const { url } = engine;
    const load = await openSettlementLoad({ url, connections: options.connections, crowd });
    tell('warming up …');
    const warmUp = await load.round(WARM_UP_REQUESTS, WARM_UP_MS, async () => undefined);
    let rate = warmUp.approved / warmUp.elapsedMs;
    const rounds: Round[] = [];
    for (let number = 1; number <= options.rounds; number += 1) {
      tell(`round ${number} of ${options.rounds} …`);
      const round = await runRound(options, { database, engine, load, pgbench, rate });
      rate = round.settlements.approved / round.settlements.elapsedMs;
      rounds.push(round);
    }
    const books = await readBooks(databaseUrl);
    const engineLog = Object.fromEntries(engine.log);
    return { rounds, warmUpApproved: warmUp.approved, books, engineLog };
  } finally {
    await engine.stop();
  }
}

type Parts = {
  readonly database: BenchDatabase;
  readonly engine: EngineChild;
  readonly load: SettlementLoad;
  readonly pgbench: string | undefined;
  /** Settlements a millisecond, as far as known. */
  readonly rate: number;
};

async function runRound(options: BenchOptions, parts: Parts): Promise<Round> {
  const { database, engine, load, pgbench, rate } = parts;
  const loadAverages = [loadAverage()];
  const tpcb: TpcbRun[] = [];
  for (const clients of pgbench === undefined ? [] : options.clients) {
    await database.checkpoint();
    const { seconds } = options;
    tpcb.push(await runPgbench(pgbench ?? '', database.pgbenchUrl, { clients, seconds }));
  }
  const durationMs = options.seconds * 1000;
  const count = Math.ceil(rate * durationMs * SPARE_REQUESTS);
  const cpuMs = () => ({
    generator: cpuTimeOf(process.pid, 'alone'),
    engine: cpuTimeOf(engine.pid, 'alone'),
    database:
      database.serverPid === undefined ? undefined : cpuTimeOf(database.serverPid, 'with-children'),
  });
  let before = cpuMs();
  const settlements = await load.round(count, durationMs, async () => {
    await database.checkpoint();
    loadAverages.push(loadAverage());
    before = cpuMs();
  });
  const after = cpuMs();
  loadAverages.push(loadAverage());
  return {
    tpcb,
    settlements,
    cpuMs: {
      generator: difference(after.generator, before.generator),
      engine: difference(after.engine, before.engine),
      database: difference(after.database, before.database),
    },
    loadAverages,
  };
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

async function main(): Promise<number> {
  const [what, ...rulesArgs] = process.argv.slice(2);
  if (what === 'rules') {
    // Its peers' native parts stay out of the settlements' run.
    const { runRules } = await import('./rules/run-rules.ts');
    return await runRules(rulesArgs);
  }
  const options = readBenchOptions(process.argv.slice(2));
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const database = await openBenchDatabase(options.databaseUrl);
  // The embedded server does not keep a process alive that only waits for its end.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const run = await measure(options, database);
    const summary = summarise(run);
    const { engineLog } = run;
    const facts = { machine: describeMachine(), postgres: database.version, options, engineLog };
    for (const line of reportLines(run.rounds, summary, facts)) print(line);
    if (options.json !== undefined) {
      const { databaseUrl: _, ...settings } = options;
      const raw = { ...facts, options: settings, summary, ...run };
      writeFileSync(options.json, `${JSON.stringify(raw, undefined, 1)}\n`);
    }
    return summary.objections.length === 0 ? 0 : 1;
  } finally {
    await database.stop();
    clearInterval(awake);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
