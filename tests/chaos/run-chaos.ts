/**
 * `npm run chaos`: kills real processes under load and spoils the lines between them, then compares what
 * every terminal was told with the database's books and the bank's.
 *
 * Options: --kills 50 --seed 1 --minutes 60 --engines 2 --shops 3 --counters 4 (in each shop)
 * --check-every 25 --first "disk full,engine frozen" (strikes to begin with, before chance draws them)
 * --json FILE --keep (the folder with logs, journals and books, which stays by itself after a violation).
 * Exit code 0: nothing was lost, doubled or left one-sided; 1: something was.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { NightReport } from '../support/chaos-night.ts';
import { runNight } from '../support/chaos-night.ts';
import type { StrikeKind } from '../support/chaos-strikes.ts';
import { strikeKinds } from '../support/chaos-strikes.ts';

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
    first: { type: 'string', default: '' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

function whole(name: keyof typeof values, max: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`--${name} takes whole numbers from 1 to ${max}, not "${values[name]}"`);
}

function firstKinds(text: string): readonly StrikeKind[] {
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const kind = strikeKinds.find((known) => known === name);
      if (kind === undefined) throw new Error(`--first takes ${strikeKinds.join(', ')}`);
      return kind;
    });
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

/** Names the small disk to the process that runs on it. */
const DISK = 'YIKATONG_CHAOS_DISK';
const DISK_SIZE = '500m';
/** Of the mount, so that it cannot be taken for a result of the run. */
const NOT_MOUNTED = 77;

/**
 * Runs this program again where the database's folder is a small disk of its own, which nobody else sees.
 * @returns its exit code; undefined where no disk can be mounted (it takes root and Linux)
 */
function runOnSmallDisk(): number | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'yikatong-disk-'));
  chmodSync(disk, 0o755);
  const mount = `mount -t tmpfs -o size=${DISK_SIZE},mode=755 tmpfs "$0" || exit ${NOT_MOUNTED}; exec "$@"`;
  const run = spawnSync('unshare', ['-m', 'sh', '-c', mount, disk, ...process.argv], {
    env: { ...process.env, [DISK]: disk },
    stdio: 'inherit',
  });
  rmSync(disk, { recursive: true, force: true });
  const isRun = run.error === undefined && run.status !== NOT_MOUNTED;
  return isRun ? (run.status ?? 1) : undefined;
}

async function main(disk: string | undefined): Promise<number> {
  const report = await runNight({
    seed: whole('seed', 1_000_000_000),
    kills: whole('kills', 100_000),
    durationMs: whole('minutes', 100_000) * 60_000,
    engines: whole('engines', 4),
    shops: whole('shops', 20),
    countersEach: whole('counters', 20),
    checkEvery: whole('check-every', 100_000),
    kinds: firstKinds(values.first),
    isKept: values.keep,
    disk,
    tell: print,
  });
  for (const line of linesOf(report)) print(line);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length === 0 ? 0 : 1;
}

const onDisk = process.env[DISK] === undefined ? runOnSmallDisk() : undefined;
if (onDisk === undefined && process.env[DISK] === undefined) {
  print('no small disk can be mounted here (it takes root): no strike fills the disk in this run;');
  print('tests/chaos/disk-full.test.ts shows what the engine does with SQLSTATE 53100');
}
process.exitCode = onDisk ?? (await main(process.env[DISK]));
