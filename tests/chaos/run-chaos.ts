/**
 * `npm run chaos`: kills real processes under load and spoils the lines between them, then compares what
 * every terminal was told with the database's books and the bank's.
 *
 * Options: --kills 50 --seed 1 --minutes 60 --engines 2 --shops 3 --counters 4 --check-every 25
 * --json FILE --keep (the folder with logs, journals and books). Exit code 0: nothing was lost, doubled or left one-sided; 1: something was.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { NightReport } from '../support/chaos-night.ts';
import { runNight } from '../support/chaos-night.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    engines: { type: 'string', default: '2' },
    shops: { type: 'string', default: '3' },
    counters: { type: 'string', default: '4' },
    'check-every': { type: 'string', default: '25' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

function whole(name: keyof typeof values, max: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`--${name} takes whole numbers from 1 to ${max}, not "${values[name]}"`);
}

function linesOf(report: NightReport): readonly string[] {
  const { check, recoveryMs, faults } = report;
  const counts = (of: object) =>
    Object.entries(of)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
  return [
    `seed ${report.seed}, ${report.seconds} s`,
    `kills: ${counts(report.kills)} (${report.processesKilled} processes)`,
    ...Object.entries(faults).map(
      ([line, kinds]) => `faults, line of the ${line}: ${counts(kinds)}`,
    ),
    `acknowledged: ${check.approvedSales} sales, ${check.approvedRefunds} refunds, ` +
      `${check.declined} refusals, ${check.notDone} never arrived`,
    `lost ${check.lost}, doubled ${check.doubled}, one-sided ${check.oneSided}`,
    `business again after ${recoveryMs.median} ms (median), ${recoveryMs.longest} ms (longest)`,
    `nothing open any more after at most ${report.longestQuietMs} ms of peace`,
    ...report.violations.map((violation) => `VIOLATION ${violation}`),
  ];
}

const report = await runNight({
  seed: whole('seed', 1_000_000_000),
  kills: whole('kills', 100_000),
  durationMs: whole('minutes', 100_000) * 60_000,
  engines: whole('engines', 4),
  shops: whole('shops', 20),
  countersEach: whole('counters', 20),
  checkEvery: whole('check-every', 100_000),
  isKept: values.keep,
  tell: print,
});
for (const line of linesOf(report)) print(line);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.violations.length === 0 ? 0 : 1;
