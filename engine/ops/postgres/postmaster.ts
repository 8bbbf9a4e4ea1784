import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { binaryPath, type PostgresBinaries } from './postgres-binaries.ts';
import type { DatabaseUser } from './postgres-user.ts';

/** One PostgreSQL server process on a data folder: start, watch, stop. Knows nothing of databases. */
export type Cluster = {
  /** PGDATA. */
  readonly dataFolder: string;
  /** Where the server writes what it has to say. */
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

/** What `postmaster.pid` says of the server that runs, or ran, on a data folder. */
export type RunningServer = {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
};

/** Why a server ended before it was ready. `lines` are its own last words. */
export type StartFailure = {
  readonly reason: 'in-use' | 'port-taken' | 'disk-full' | 'not-allowed' | 'other';
  readonly lines: string;
};

const pollMs = 10;

/** After this long a stop stops asking clients and servers nicely (fast shutdown → immediate). */
const fastStopMsMax = 20_000;

/**
 * Starts the server and waits until it takes connections. Crash recovery may take long: it waits as
 * long as the process lives.
 * @param cluster where the data are and who runs them
 * @param settings server settings, given on the command line so that they win over the files
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
      // A session of its own: Ctrl-C reaches the engine alone, which stops the database last.
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
      // The engine ends the database itself; the handle must not keep a finished engine alive.
      child.unref();
      return { pid: server.pid, process: child, ended };
    }
    await sleep(pollMs);
  }
  return classifyFailure(readFileSync(cluster.logFile, 'utf8').slice(logStart));
}

/**
 * Ends a server: fast shutdown (clients are cut off, everything is on disk), immediate if that hangs.
 * @param pid the server's process; it need not be a child of ours
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
 * The server that runs on a data folder. A `postmaster.pid` that a killed server or a restarted
 * machine left, whose process is gone or is another program's, is no running server.
 * @returns undefined when there is none
 */
export function findRunningServer(dataFolder: string): RunningServer | undefined {
  const server = readPostmasterFile(dataFolder);
  if (server === undefined || !isAlive(server.pid)) return undefined;
  return isStartedOn(server.pid, dataFolder) ? server : undefined;
}

/**
 * Removes a `postmaster.pid` whose process is no server of this folder. PostgreSQL itself takes any
 * live process of that number for a server, and numbers come back soon in a container.
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
    // Gone, or another user's and so not the server this engine may have started (EPERM).
    return false;
  }
  return !isZombie(pid);
}

/** A killed orphan may wait for its new parent for ever, as in a container without an init. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z';
  } catch {
    return false;
  }
}

/** Was this process started on this data folder? Where that cannot be seen, the pid is believed. */
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

/** A short write is how PostgreSQL tells of the last free bytes of a disk. */
export function saysDiskFull(lines: string): boolean {
  return /No space left on device|wrote only \d+ of \d+ bytes/.test(lines);
}

function classifyFailure(lines: string): StartFailure {
  // A server that cannot start has no protocol to give a code with; its messages are in English (LC_ALL=C).
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
