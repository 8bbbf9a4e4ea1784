/**
 * `npm run chaos`: kills real processes under load and spoils the lines between them, then compares what
 * every terminal was told with the database's books and the bank's. See `--help`.
 * Exit code 0: nothing was lost, doubled or left one-sided; 1: something was.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { ChaosReport } from '../support/chaos/chaos-run.ts';
import { runChaos } from '../support/chaos/chaos-run.ts';
import type { SystemFaultKind } from '../support/chaos/system-faults.ts';
import { systemFaultKinds } from '../support/chaos/system-faults.ts';
import { wholeNumber } from '../support/whole-number.ts';

type Options = {
  readonly kills: number;
  readonly seed: number;
  readonly minutes: number;
  readonly engines: number;
  readonly shops: number;
  readonly counters: number;
  readonly checkEvery: number;
  readonly first?: readonly SystemFaultKind[];
  readonly json?: string;
  readonly keep?: true;
};

const print = (line: string) => process.stdout.write(`${line}\n`);

function firstKinds(text: string): readonly SystemFaultKind[] {
  return text.split(',').map((name) => {
    const kind = systemFaultKinds.find((known) => known === name);
    if (kind === undefined)
      throw new InvalidArgumentError(`It takes ${systemFaultKinds.join(', ')}.`);
    return kind;
  });
}

const options = new Command('chaos')
  .description(
    'Kills a deployment of real engines, PostgreSQL, bank and terminals under load; audits the money.',
  )
  .option('--kills <n>', 'system faults; most kill several processes', wholeNumber(1, 100_000), 50)
  .option(
    '--seed <n>',
    'of the system faults and the line faults',
    wholeNumber(1, 1_000_000_000),
    1,
  )
  .option('--minutes <m>', 'no further fault after these', wholeNumber(1, 100_000), 60)
  .option('--engines <n>', 'on one database', wholeNumber(1, 4), 2)
  .option('--shops <n>', 'processes of terminals', wholeNumber(1, 20), 3)
  .option('--counters <n>', 'terminals in each shop', wholeNumber(1, 20), 4)
  .option('--check-every <n>', 'audit after so many faults', wholeNumber(1, 100_000), 25)
  .option('--first <kinds>', `begins with these: ${systemFaultKinds.join(', ')}`, firstKinds)
  .option('--json <file>', 'writes the figures too')
  .option('--keep', 'leaves the folder with logs, journals and books (stays after a violation)')
  .parse()
  .opts<Options>();

function linesOf(report: ChaosReport): readonly string[] {
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
  const { minutes, counters, first, keep, json, ...plan } = options;
  const report = await runChaos({
    ...plan,
    durationMs: minutes * 60_000,
    countersEach: counters,
    kinds: first ?? [],
    isKept: keep ?? false,
    disk,
    tell: print,
  });
  for (const line of linesOf(report)) print(line);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length === 0 ? 0 : 1;
}

const onDisk = process.env[DISK] === undefined ? runOnSmallDisk() : undefined;
if (onDisk === undefined && process.env[DISK] === undefined) {
  print('no small disk can be mounted here (it takes root): no fault fills the disk in this run;');
  print('tests/chaos/disk-full.long.test.ts shows what the engine does with SQLSTATE 53100');
}
// Lines to processes that were killed may stay half open: all is told, so nothing is waited for.
process.exit(onDisk ?? (await main(process.env[DISK])));
