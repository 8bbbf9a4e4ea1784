import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { readBooks } from '../load/check-books.ts';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import { openTestBed } from '../scoreboard/test-bed.ts';
import type { VisitFigures } from './play-visits.ts';
import { exchangeKinds } from './play-visits.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (title: string) => process.stderr.write(`${title} …\n`);
const PARTS = 10;

/**
 * `npm run bench -- morning`: a clinic's morning, compressed, with everything that goes wrong in one.
 * Options: --scenario clinic-morning --seconds 60 (from opening to closing) --peak 200 (visits a second at
 * the busiest moment) --persons 20000 --json FILE --database-url URL.
 * @returns the exit code: 1 when the books do not hold exactly what was answered
 */
export async function runMorning(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', default: 'clinic-morning' },
      seconds: { type: 'string', default: '60' },
      peak: { type: 'string', default: '200' },
      persons: { type: 'string', default: '20000' },
      json: { type: 'string' },
      'database-url': { type: 'string' },
    },
  });
  const url = values['database-url'];
  const database = url === undefined ? [] : ['--database-url', url];
  const options = readBenchOptions(['--persons', values.persons, ...database]);
  const [seconds, peak] = [Number(values.seconds), Number(values.peak)];
  if (!(seconds > 0) || !(peak > 0)) throw new Error('--seconds and --peak take positive numbers');
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const testBed = await openTestBed(options, stops, tell);
    tell(`${values.scenario}: ${seconds} s, ${peak} visits/s at the busiest moment`);
    const figures = await testBed.load.play({
      ...{ do: 'visits', url: testBed.engine.url, scenario: values.scenario },
      ...{ durationMs: seconds * 1_000, peakPerSecond: peak },
    });
    const books = await readBooks(testBed.database.engineUrl);
    for (const line of morningLines(figures)) print(line);
    if (values.json !== undefined) {
      const document = { scenario: values.scenario, seconds, peak, figures, books };
      writeFileSync(values.json, `${JSON.stringify(document, undefined, 1)}\n`);
    }
    const posted = figures.sales.approved - figures.refund.approved;
    const isRight = books.settlements === posted && books.trialBalance === '0' && !books.problems;
    print(
      isRight ? 'valid: the books hold what was answered' : `INVALID: ${JSON.stringify(books)}`,
    );
    return isRight ? 0 : 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

/** What was sent and answered, and how soon; then the morning in ten parts. */
export function morningLines(figures: VisitFigures): string[] {
  const style = { head: [], border: [], compact: true };
  const kinds = new Table({
    head: ['sent', 'requests', 'approved', 'p50 ms', 'p99 ms', 'other answers'],
    style,
  });
  for (const kind of exchangeKinds) {
    const { sent, approved, refusals, errors, ...of } = figures[kind];
    // Of wrong PINs, how soon they were refused.
    const latency = approved === 0 ? of.refused : of.latency;
    const others = Object.entries(refusals).map(([code, count]) => `${code} × ${count}`);
    const broken = errors === 0 ? [] : [`no answer × ${errors}`];
    const cells = [kind, sent, approved, figure(latency.p50), figure(latency.p99)];
    kinds.push([...cells, [...others, ...broken].join(', ')]);
  }
  const parts = new Table({ head: ['part of the morning', 'sales/s', 'highest p99 ms'], style });
  const { bySecond } = figures.sales;
  const length = Math.max(1, Math.ceil(bySecond.length / PARTS));
  for (let from = 0; from < bySecond.length; from += length) {
    const part = bySecond.slice(from, from + length);
    const rate = part.reduce((sum, { approved }) => sum + approved, 0) / part.length;
    const p99 = Math.max(...part.map((second) => second.p99));
    parts.push([`${from} to ${from + part.length} s`, figure(rate), figure(p99)]);
  }
  return [kinds.toString(), parts.toString()];
}
