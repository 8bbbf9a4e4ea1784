import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { binaryPath, type PostgresBinaries } from './postgres-binaries.ts';
import type { DatabaseUser } from './postgres-user.ts';

/** Starts, watches and stops the PostgreSQL server process of a data folder. */
export type Cluster = {
  /** PGDATA. */
  readonly dataFolder: string;
  /** The server's log. */
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly user: DatabaseUser | undefined;
};

export type Postmaster = {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
};

/** Content of `postmaster.pid`: the server that runs, or ran, on a data folder. */
export type RunningServer = {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
};

/** Why a server ended before it was ready. `lines`: its own messages. */
export type StartFailure = {
  readonly reason: 'in-use' | 'port-taken' | 'disk-full' | 'not-allowed' | 'other';
  readonly lines: string;
};

const pollMs = 10;

/** Time limit of a fast shutdown, ms; then the server is stopped immediately. */
const fastStopMsMax = 20_000;

/**
 * Starts the server and waits until it accepts connections, without a time limit, because crash recovery
 * may take long.
 * @param settings server settings, given on the command line, which overrides the files
 * @returns the process, or why it ended
 */
export async function startPostmaster(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster | StartFailure> {
  const parameters = Object.entries(settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = openSync(cluster.logFile, 'a');
  const logStart = statSync(cluster.logFile).size;
  const child = spawn(
    binaryPath(cluster.binaries, 'postgres'),
    ['-D', cluster.dataFolder, ...parameters],
    {
      ...(cluster.user && { uid: cluster.user.uid, gid: cluster.user.gid }),
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      // Its own session, so that Ctrl-C reaches the engine only, which stops the database last.
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  const state = { ended: false };
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      state.ended = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  while (!state.ended) {
    const server = readPostmasterFile(cluster.dataFolder);
    if (server?.ready === true && server.pid === child.pid) {
      // The engine stops the database itself; the handle must not keep a finished engine alive.
      child.unref();
      return { pid: server.pid, process: child, ended };
    }
    await sleep(pollMs);
  }
  return classifyFailure(readFileSync(cluster.logFile, 'utf8').slice(logStart));
}

/**
 * Stops a server: fast shutdown (disconnects clients, writes everything to disk), immediate shutdown if
 * that hangs.
 * @param pid the server's process, not necessarily a child of this one
 */
export async function stopServer(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  const deadline = performance.now() + fastStopMsMax;
  while (isAlive(pid)) {
    if (performance.now() > deadline) signal(pid, 'SIGQUIT');
    await sleep(pollMs);
  }
}

/**
 * The server that runs on a data folder. A stale `postmaster.pid`, whose process is gone or belongs to
 * another program, does not count.
 * @returns undefined when there is none
 */
export function findRunningServer(dataFolder: string): RunningServer | undefined {
  const server = readPostmasterFile(dataFolder);
  if (server === undefined || !isAlive(server.pid)) return undefined;
  return isStartedOn(server.pid, dataFolder) ? server : undefined;
}

/**
 * Removes a `postmaster.pid` whose process is not a server of this folder. PostgreSQL itself accepts any live
 * process of that number as the server, and in a container numbers are soon reused.
 */
export function removeStalePostmasterFile(dataFolder: string): void {
  const server = readPostmasterFile(dataFolder);
  if (server === undefined || findRunningServer(dataFolder) !== undefined) return;
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

/** Reads `postmaster.pid`: pid, folder, start, port, socket folder, address, memory key, status. */
function readPostmasterFile(dataFolder: string): RunningServer | undefined {
  let lines: readonly string[];
  try {
    lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').trim() === 'ready' };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    // Gone (ESRCH), or of another user and so not a server of this engine (EPERM).
    return false;
  }
  return !isZombie(pid);
}

/** A killed orphan stays a zombie in a container without an init process. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z';
  } catch {
    return false;
  }
}

/** Was this process started on this data folder? True where the command line cannot be read. */
function isStartedOn(pid: number, dataFolder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return true;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}

/** PostgreSQL also reports a full disk as a short write. */
export function saysDiskFull(lines: string): boolean {
  return /No space left on device|wrote only \d+ of \d+ bytes/.test(lines);
}

function classifyFailure(lines: string): StartFailure {
  // A server that does not start gives no code, only messages, which are English (LC_ALL=C).
  const reason = saysDiskFull(lines)
    ? 'disk-full'
    : /lock file "postmaster.pid"|shared memory block .* is still in use/.test(lines)
      ? 'in-use'
      : /could not bind|could not create any TCP\/IP sockets/.test(lines)
        ? 'port-taken'
        : /Permission denied|wrong ownership/.test(lines)
          ? 'not-allowed'
          : 'other';
  return { reason, lines };
}
