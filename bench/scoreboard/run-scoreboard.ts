import { mkdirSync, writeFileSync } from 'node:fs';
import { readBooks } from '../load/check-books.ts';
import { readSizes } from '../load/row-sizes.ts';
import { openPeers } from '../peers/open-peers.ts';
import { describeMachine, loadAverage } from '../report/machine.ts';
import type { Progress } from '../report/progress.ts';
import { openProgress } from '../report/progress.ts';
import { scoreTable } from '../report/score-table.ts';
import type { BenchOptions } from './bench-options.ts';
import { readBenchOptions } from './bench-options.ts';
import type { LineId } from './lines.ts';
import type { Stage } from './run-round.ts';
import { partsFor } from './run-round.ts';
import type { Round } from './samples.ts';
import { samplesOf } from './samples.ts';
import type { Measured } from './scoreboard.ts';
import { drawScoreboard } from './scoreboard.ts';
import type { Site } from './site.ts';
import { openSite, warmUp } from './site.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const SETUP_STEPS = 5;

/** `npm run bench`: every line on one server. @returns the exit code */
export async function runScoreboard(args: readonly string[]): Promise<number> {
  const options = readBenchOptions(args);
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const parts = partsFor(options.only);
  const progress = openProgress(SETUP_STEPS + parts.length * options.rounds);
  const stops: (() => Promise<void>)[] = [];
  // The embedded server does not keep a process alive that only waits for its end.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const site = await openSite(options, stops, progress.step);
    const result = await measureAll(options, site, progress, stops);
    progress.stop();
    return report(options, result);
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

export type BenchResult = {
  readonly rounds: readonly Round[];
  readonly measured: { readonly [Id in LineId]?: Measured };
  readonly books: Awaited<ReturnType<typeof readBooks>>;
  readonly approved: number;
  readonly engineLog: Readonly<Record<string, number>>;
  readonly postgres: string;
  readonly loadAverages: readonly number[];
};

async function measureAll(
  options: BenchOptions,
  site: Site,
  progress: Progress,
  stops: (() => Promise<void>)[],
): Promise<BenchResult> {
  const { database, engine } = site;
  progress.step('warming up');
  const rate = await warmUp(site, options.quick);
  progress.step('opening the peers');
  const sizes = await readSizes(database.engineUrl);
  const peers = await openPeers(site, { ...options, sizes }, stops);
  const stage: Stage = { site, options, peers, rate };
  const rounds: Round[] = [];
  const loadAverages = [loadAverage()];
  for (let number = 1; number <= options.rounds; number += 1) {
    let round: Round = {};
    for (const part of partsFor(options.only)) {
      progress.step(`round ${number} of ${options.rounds}: ${part.title}`);
      round = { ...round, ...(await part.measure(stage, round)) };
    }
    rounds.push(round);
    loadAverages.push(loadAverage());
  }
  const books = await readBooks(database.engineUrl);
  return {
    ...{ rounds, books, loadAverages, measured: collect(options, rounds) },
    approved: site.approved(),
    engineLog: Object.fromEntries(engine.log),
    postgres: database.version,
  };
}

/** Samples of all rounds by line, of the lines that were asked for. */
function collect(options: BenchOptions, rounds: readonly Round[]): BenchResult['measured'] {
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

function report(options: BenchOptions, result: BenchResult): number {
  const scoreboard = drawScoreboard(result.measured);
  print(scoreTable(scoreboard));
  const objections = objectionsTo(result);
  for (const objection of objections) print(`INVALID: ${objection}`);
  if (options.json !== undefined) {
    const { databaseUrl: _, ...settings } = options;
    const { measured: _samples, ...raw } = result;
    const document = { machine: describeMachine(), settings, scoreboard, objections, raw };
    writeFileSync(options.json, `${JSON.stringify(document, undefined, 1)}\n`);
  }
  return objections.length === 0 ? 0 : 1;
}

/** Why a run does not count; empty for a valid run. */
function objectionsTo({ books, approved }: BenchResult): string[] {
  const objections: string[] = [];
  if (books.settlements !== approved) {
    objections.push(`${books.settlements} settlements are stored, ${approved} were answered`);
  }
  if (books.trialBalance !== '0' || books.problems > 0) {
    objections.push(`the books do not balance: ${JSON.stringify(books)}`);
  }
  return objections;
}
