import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type TpcbRun = {
  readonly clients: number;
  readonly tps: number;
  readonly latencyMs: number;
};

const SCALE = 20;
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

/** "TPC-B-like", its default script, with prepared statements. */
export async function runPgbench(
  program: string,
  url: string,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<TpcbRun> {
  const flags = ['--protocol=prepared', `--client=${clients}`, '--jobs=2', `--time=${seconds}`];
  const { stdout } = await run(program, flags, { env: environmentOf(url) });
  return { clients, ...readPgbench(stdout) };
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

/** The address in libpq's variables: a password on a command line is everybody's to read. */
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
