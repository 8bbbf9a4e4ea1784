import { mkdirSync, writeFileSync } from 'node:fs';
import { keepRun, keptRunOf, readHistory } from '../history/history.ts';
import { readBooks } from '../load/check-books.ts';
import { readSizes } from '../load/row-sizes.ts';
import { openPeers } from '../peers/open-peers.ts';
import { delayTable, terminalTable } from '../report/delay-table.ts';
import { htmlReport } from '../report/html-report.ts';
import { describeMachine, loadAverage } from '../report/machine.ts';
import type { Progress } from '../report/progress.ts';
import { openProgress } from '../report/progress.ts';
import { baseLine } from '../report/raw-tables.ts';
import { figure, scoreTable } from '../report/score-table.ts';
import { warmUpLines } from '../report/warm-up-lines.ts';
import type { BenchDocument, RawFigures } from './bench-document.ts';
import type { BenchOptions } from './bench-options.ts';
import { readBenchOptions } from './bench-options.ts';
import { lostLines, readBudget } from './budget.ts';
import type { LineId } from './lines.ts';
import { measureGrowth } from './measure-growth.ts';
import { measureMemory } from './measure-memory.ts';
import type { RoundContext } from './run-round.ts';
import { partsFor } from './run-round.ts';
import type { Round } from './samples.ts';
import { coresOfOthers, cpuByProcess, samplesOf } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import { drawScoreboard } from './scoreboard.ts';
import type { TestBed } from './test-bed.ts';
import { openTestBed, warmUp } from './test-bed.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const SETUP_STEPS = 5;
/** Above this, other programs have slowed what was measured. */
const BUSY_CORES = 0.2;
const MEMORY_STEPS = 2;
const GROWTH_STEPS = 6;
const GROWTH_STEPS_QUICK = 3;

/** `npm run bench`: every line on one server. @returns the exit code */
export async function runScoreboard(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(args);
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const progress = openProgress(stepsOf(options));
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const testBed = await openTestBed(options, stops, progress.step);
    const result = await measureAll(options, testBed, progress, stops);
    progress.stop();
    return report(options, result, testBed.database.version);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

function stepsOf({ only, rounds, quick }: BenchOptions): number {
  const growthSteps = quick ? GROWTH_STEPS_QUICK : GROWTH_STEPS + rounds;
  const growth = only.includes('growth') ? growthSteps : 0;
  const memory = only.includes('memory') ? MEMORY_STEPS : 0;
  return SETUP_STEPS + partsFor(only).length * rounds + memory + growth;
}

type Result = {
  readonly raw: RawFigures;
  readonly measured: { readonly [Id in LineId]?: Measured };
};

async function measureAll(
  options: BenchOptions,
  testBed: TestBed,
  progress: Progress,
  stops: (() => Promise<void>)[],
): Promise<Result> {
  const { database, engine } = testBed;
  progress.step('warming up');
  const rate = await warmUp(testBed, options.quick);
  progress.step('opening the peers');
  const rowSizes = await readSizes(database.engineUrl);
  const peers = await openPeers(testBed, { ...options, sizes: rowSizes }, stops);
  const context: RoundContext = { testBed, options, peers, rate };
  const rounds: Round[] = [];
  const loadAverages = [loadAverage()];
  for (let number = 1; number <= options.rounds; number += 1) {
    let round: Round = {};
    for (const part of partsFor(options.only)) {
      progress.step(`round ${number} of ${options.rounds}: ${part.title}`);
      round = { ...round, ...(await part.measure(context, round)) };
    }
    rounds.push(round);
    loadAverages.push(loadAverage());
  }
  const wants = (id: LineId) => options.only.includes(id);
  const memory = wants('memory')
    ? await measureMemory(testBed, options, context.rate, progress.step)
    : undefined;
  const books = await readBooks(database.engineUrl);
  const growth = wants('growth') ? await measureGrowth(testBed, options, progress.step) : undefined;
  return {
    measured: {
      ...collect(options, rounds),
      ...(memory && { memory: memory.measured }),
      ...(growth && { growth: growth.measured }),
    },
    raw: {
      ...{ rounds, books, loadAverages, rowSizes },
      memory: memory?.figures,
      growth: growth?.figures,
      coresOfOthers: coresOfOthers(rounds),
      approved: testBed.approved(),
      engineLog: Object.fromEntries(engine.log),
    },
  };
}

/** Samples of all rounds by line, of the lines that were asked for. */
function collect(options: BenchOptions, rounds: readonly Round[]): Result['measured'] {
  const samples = rounds.map(samplesOf);
  const measured: { [Id in LineId]?: Measured } = {};
  for (const id of options.only) {
    measured[id] = { samples: samples.flatMap((of) => of[id] ?? []), note: noteOf(id, options) };
  }
  return measured;
}

function noteOf(id: LineId, { pgledger }: BenchOptions): string | undefined {
  return id === 'vs-pgledger' && pgledger.length === 0
    ? 'not at hand: give its SQL with --pgledger FILE'
    : undefined;
}

function report(options: BenchOptions, { raw, measured }: Result, postgres: string): number {
  const scoreboard = drawScoreboard(measured);
  const { databaseUrl: _, ...settings } = options;
  const document: BenchDocument = {
    at: new Date().toISOString(),
    machine: { ...describeMachine(), postgres },
    ...{ settings, scoreboard, raw },
    objections: objectionsTo(raw),
  };
  const history = readHistory();
  print(scoreTable(scoreboard, history.at(-1)?.values ?? {}));
  const cpu = Object.entries(cpuByProcess(raw.rounds)).map(([who, ms]) => `${who} ${figure(ms)}`);
  if (cpu.length > 0) print(`CPU a settlement, core-ms: ${cpu.join(', ')}`);
  const bases = baseLine(raw.rounds);
  if (bases !== undefined) print(bases);
  for (const line of warmUpLines(raw.rounds)) print(line);
  print(quietness(raw));
  const delays = terminalTable(delayTable(raw.rounds));
  if (delays !== '') print(delays);
  for (const objection of document.objections) print(`INVALID: ${objection}`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(document, undefined, 1)}\n`);
  }
  if (options.html !== undefined) writeFileSync(options.html, htmlReport(document));
  if (options.keep) print(`kept: ${keepRun(keptRunOf(document))}`);
  const isBusy = (raw.coresOfOthers ?? 0) > BUSY_CORES;
  if (options.budget && isBusy)
    print('the budget is not judged: its noise is that of a quiet machine');
  const lost = options.budget && !isBusy ? lostLines(readBudget(), scoreboard) : [];
  for (const line of lost) print(`LOST: ${line}`);
  return document.objections.length === 0 && lost.length === 0 ? 0 : 1;
}

/** Was the machine the benchmark's alone? */
function quietness({ coresOfOthers: cores, loadAverages }: RawFigures): string {
  const average = `load average ${loadAverages.join(', ')}`;
  if (cores === undefined) return average;
  const busy = cores > BUSY_CORES ? 'BUSY MACHINE, not to be compared with other runs: ' : '';
  return `${busy}others used ${cores.toFixed(2)} cores while the engine was measured; ${average}`;
}

/** Why a run does not count; empty for a valid run. */
function objectionsTo({ books, approved }: RawFigures): string[] {
  const objections: string[] = [];
  if (books.settlements !== approved) {
    objections.push(`${books.settlements} settlements are stored, ${approved} were answered`);
  }
  if (books.trialBalance !== '0' || books.problems > 0) {
    objections.push(`the books do not balance: ${JSON.stringify(books)}`);
  }
  return objections;
}
