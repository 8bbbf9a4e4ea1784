import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { readBooks } from '../load/check-books.ts';
import { openSlowSenders } from '../load/slow-senders.ts';
import { median } from '../report/figures.ts';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import { openTestBed, type TestBed } from '../scoreboard/test-bed.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (title: string) => process.stderr.write(`${title} …\n`);

const SLOW_SENDERS = 2_000;
/** Sales a second: a busy district, far below what the engine can do. */
const SALES_PER_SECOND = 100;
/** So that all slow senders are connected when a part begins. */
const SETTLE_IN_MS = 2_000;

/** Of one part; times in ms. */
type SlowSenderFigures = {
  readonly p50: number;
  readonly p99: number;
  /** Sales that were not approved. */
  readonly lost: number;
};

/**
 * `npm run bench -- slow-senders`: sales alone, and beside 2,000 connections that begin a settlement and
 * never end it, in turn. Options: --seconds 10 --rounds 3 --persons 8000 --database-url URL.
 * @returns the exit code: 1 when a sale was lost or the books do not hold what was answered
 */
export async function runSlowSenders(args: readonly string[]): Promise<number> {
  const defaults = ['--seconds', '10', '--rounds', '3', '--persons', '8000'];
  const options = readBenchOptions([...defaults, ...args]);
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const testBed = await openTestBed(options, stops, tell);
    const alone: SlowSenderFigures[] = [];
    const beside: SlowSenderFigures[] = [];
    tell('warming up');
    await sell(testBed, options.seconds);
    for (let round = 1; round <= options.rounds; round++) {
      tell(`round ${round} of ${options.rounds}`);
      alone.push(await sell(testBed, options.seconds));
      beside.push(await sellBesideSlowSenders(testBed, options.seconds));
    }
    print(slowSenderTable({ alone, beside }));
    const { settlements, trialBalance, problems } = await readBooks(testBed.database.engineUrl);
    const areBooksRight =
      settlements === testBed.approved() && trialBalance === '0' && problems === 0;
    const lost = [...alone, ...beside].reduce((sum, part) => sum + part.lost, 0);
    print(areBooksRight ? 'valid: the books hold what was answered' : 'INVALID: the books differ');
    return areBooksRight && lost === 0 ? 0 : 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

async function sellBesideSlowSenders(
  testBed: TestBed,
  seconds: number,
): Promise<SlowSenderFigures> {
  const senders = openSlowSenders(testBed.engine.url, SLOW_SENDERS);
  try {
    await sleep(SETTLE_IN_MS);
    return await sell(testBed, seconds);
  } finally {
    senders.stop();
  }
}

async function sell(testBed: TestBed, seconds: number): Promise<SlowSenderFigures> {
  const { load } = await testBed.openLoop({ perSecond: SALES_PER_SECOND, seconds });
  const { p50, p99 } = load.latency;
  return { p50, p99, lost: load.sent - load.approved };
}

/** Medians of the rounds, and beside p99 the lowest and the highest. */
function slowSenderTable(figures: {
  readonly alone: readonly SlowSenderFigures[];
  readonly beside: readonly SlowSenderFigures[];
}): string {
  const table = new Table({
    head: [`${SALES_PER_SECOND} sales/s`, 'p50 ms', 'p99 ms', 'lost'],
    style: { head: [], border: [], compact: true },
  });
  const names = { alone: 'alone', beside: `beside ${SLOW_SENDERS} slow connections` };
  for (const name of ['alone', 'beside'] as const) {
    const rounds = figures[name];
    const p99 = rounds.map((round) => round.p99);
    const range = `${figure(Math.min(...p99))} to ${figure(Math.max(...p99))}`;
    const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
    const p50 = figure(median(rounds.map((round) => round.p50)));
    table.push([names[name], p50, `${figure(median(p99))} (${range})`, lost]);
  }
  return table.toString();
}
