import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pg from 'pg';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import { cpuByProcess } from '../scoreboard/samples.ts';
import { openTestBed, warmUp } from '../scoreboard/test-bed.ts';
import type { ServerCounters } from './server-counters.ts';
import { beginCounting, observingSettings, readCounters } from './server-counters.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (title: string) => process.stderr.write(`${title} …\n`);
/** Backends report their counters once a second. */
const TOLD_MS = 1_500;
const TEXT_WIDTH = 60;

/**
 * `npm run bench -- findings`: what one settlement costs the database: statements (pg_stat_statements),
 * rows by table, log, syncs, batches. Options: --connections 64 --seconds 10 --persons 20000 --json FILE.
 * Only with the embedded server, which is started so that it observes itself; that costs a few per cent.
 * @returns the exit code
 */
export async function runFindings(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '64' },
      seconds: { type: 'string', default: '10' },
      persons: { type: 'string', default: '20000' },
      json: { type: 'string' },
    },
  });
  const options = readBenchOptions(['--persons', values.persons, '--seconds', values.seconds]);
  const connections = Number(values.connections);
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const testBed = await openTestBed(options, stops, tell, observingSettings);
    tell('warming up');
    const expected = await warmUp(testBed, false);
    const client = new pg.Client({ connectionString: testBed.database.engineUrl });
    await client.connect();
    stops.push(() => client.end());
    await beginCounting(client);
    await sleep(TOLD_MS);
    const before = await readCounters(client);
    tell(`${connections} connections, ${options.seconds} s`);
    const part = await testBed.closedLoop({ connections, seconds: options.seconds, expected });
    await sleep(TOLD_MS);
    const after = await readCounters(client);
    const { approved, elapsedMs } = part.load;
    print(`${figure((approved / elapsedMs) * 1000)} settlements/s`);
    const cpu = Object.entries(cpuByProcess([{ closed64: part }]));
    print(
      `CPU a settlement, core-ms: ${cpu.map(([who, ms]) => `${who} ${figure(ms)}`).join(', ')}`,
    );
    for (const line of findingLines(before, after, approved)) print(line);
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify({ part, before, after }, undefined, 1)}\n`);
    }
    return 0;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

/** Each figure is that of one settlement, if nothing else is said. */
export function findingLines(
  before: ServerCounters,
  after: ServerCounters,
  settlements: number,
): string[] {
  const style = { head: [], border: [], compact: true };
  const each = (key: Exclude<keyof ServerCounters, 'statements' | 'tables'>) =>
    (after[key] - before[key]) / settlements;
  const statements = new Table({
    head: ['statement', 'calls', 'rows', 'execute µs', 'plan µs', 'log bytes'],
    style,
  });
  for (const { text, calls, rows, executeMs, planMs, walBytes } of after.statements) {
    const past = before.statements.find((one) => one.text === text);
    const of = (now: number, then: number | undefined) => figure((now - (then ?? 0)) / settlements);
    if ((executeMs - (past?.executeMs ?? 0)) / settlements < 0.0005) continue;
    statements.push([
      text.replaceAll(/\s+/g, ' ').slice(0, TEXT_WIDTH),
      of(calls, past?.calls),
      of(rows, past?.rows),
      of(executeMs * 1000, past === undefined ? 0 : past.executeMs * 1000),
      of(planMs * 1000, past === undefined ? 0 : past.planMs * 1000),
      of(walBytes, past?.walBytes),
    ]);
  }
  const tables = new Table({
    head: ['table', 'inserted', 'updated', 'of these HOT', 'bytes with indexes'],
    style,
  });
  for (const { table, inserted, updated, hot, bytes } of after.tables) {
    const past = before.tables.find((one) => one.table === table);
    const [rows, changes] = [inserted - (past?.inserted ?? 0), updated - (past?.updated ?? 0)];
    if (rows + changes === 0) continue;
    const hotShare = changes === 0 ? '' : figure((hot - (past?.hot ?? 0)) / changes);
    const grown = figure((bytes - (past?.bytes ?? 0)) / settlements);
    tables.push([
      table,
      figure(rows / settlements),
      figure(changes / settlements),
      hotShare,
      grown,
    ]);
  }
  const syncs = after.walSyncs - before.walSyncs;
  const syncMs = syncs === 0 ? 0 : (after.walSyncMs - before.walSyncMs) / syncs;
  return [
    `${figure(1 / each('writes'))} settlements a transaction that writes; log: ${figure(each('walBytes'))} bytes in ` +
      `${figure(each('walRecords'))} records, ${figure(each('fullPages'))} whole pages; ` +
      `${figure(1 / each('walSyncs'))} settlements a sync of ${figure(syncMs)} ms`,
    statements.toString(),
    tables.toString(),
  ];
}
