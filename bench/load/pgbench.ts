import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { percentile } from '../report/figures.ts';

const execute = promisify(execFile);

/** @throws Error with the first error line of pgbench: each of its clients prints the same */
async function run(program: string, flags: readonly string[], options: { env: NodeJS.ProcessEnv }) {
  try {
    return await execute(program, [...flags], options);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    const line = said.split('\n').find((text) => text.includes('rror')) ?? 'it ended';
    throw new Error(`pgbench: ${line}`);
  }
}

export type TpcbRun = {
  readonly clients: number;
  readonly tps: number;
  readonly latencyMs: number;
};

const SCALE = 20;
const ACCOUNTS_PER_SCALE = 100_000;
/** Where Debian keeps each version's programs. */
const DEBIAN = '/usr/lib/postgresql';

/** The path of pgbench, or undefined when this machine has none. */
export function findPgbench(path: string = process.env['PATH'] ?? ''): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
    ...path.split(delimiter),
  ];
  return folders.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file));
}

/** Fills pgbench's tables: scale 20, two million accounts. */
export async function preparePgbench(program: string, url: string): Promise<void> {
  await run(program, ['--initialize', '--quiet', `--scale=${SCALE}`], { env: environmentOf(url) });
}

export type PgbenchPlan = {
  readonly clients: number;
  readonly seconds: number;
  /** Path of a script; without it pgbench's default, "TPC-B-like". */
  readonly script?: string;
};

/** Runs a script with prepared statements. */
export async function runPgbench(
  program: string,
  url: string,
  { clients, seconds, script }: PgbenchPlan,
): Promise<TpcbRun> {
  const flags = ['--protocol=prepared', `--client=${clients}`, '--jobs=2', `--time=${seconds}`];
  const own = script === undefined ? [] : ['--no-vacuum', `--file=${script}`];
  const { stdout } = await run(program, [...flags, ...own], { env: environmentOf(url) });
  return { clients, ...readPgbench(stdout) };
}

export type CommitRun = { readonly tps: number; readonly p50Ms: number; readonly p99Ms: number };

/** One client that changes one row of pgbench's accounts and commits, again and again. */
export async function runOneRowCommits(
  program: string,
  url: string,
  { seconds, folder }: { readonly seconds: number; readonly folder: string },
): Promise<CommitRun> {
  const logs = mkdtempSync(join(folder, 'commit-'));
  const script = join(logs, 'one-row.sql');
  writeFileSync(
    script,
    `\\set aid random(1, ${ACCOUNTS_PER_SCALE} * ${SCALE})
update pgbench_accounts set abalance = abalance + 1 where aid = :aid;
`,
  );
  const flags = ['--protocol=prepared', '--client=1', `--time=${seconds}`, '--no-vacuum'];
  const log = ['--log', `--log-prefix=${join(logs, 'log')}`, `--file=${script}`];
  const { stdout } = await run(program, [...flags, ...log], { env: environmentOf(url) });
  const files = readdirSync(logs).filter((name) => name.startsWith('log'));
  const latencies = files.flatMap((name) => readLatencies(readFileSync(join(logs, name), 'utf8')));
  rmSync(logs, { recursive: true });
  const { tps } = readPgbench(stdout);
  return { tps, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
}

/** Third column of pgbench's log of transactions: how long each took; ms. */
export function readLatencies(log: string): number[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split(' ')[2]) / 1_000);
}

/**
 * Reads pgbench's report.
 * @throws Error when transactions failed or the figures are not there
 */
export function readPgbench(report: string): { readonly tps: number; readonly latencyMs: number } {
  const tps = Number(/^tps = ([\d.]+)/m.exec(report)?.[1]);
  const latencyMs = Number(/^latency average = ([\d.]+) ms/m.exec(report)?.[1]);
  const failed = Number(/^number of failed transactions: (\d+)/m.exec(report)?.[1] ?? 0);
  if (failed > 0 || !(tps > 0) || !(latencyMs > 0)) {
    throw new Error(`pgbench gave no figure: ${report.trim()}`);
  }
  return { tps, latencyMs };
}

/** The address as libpq's variables, because every user can read passwords in command lines. */
function environmentOf(address: string): NodeJS.ProcessEnv {
  const url = new URL(address);
  return {
    ...process.env,
    PGHOST: url.hostname,
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: url.pathname.slice(1),
  };
}
