import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createRateDetector } from '../rate-detector.ts';
import { toStartupError } from '../startup-error.ts';
import { type DatabaseFolder, databaseRole, prepareDatabaseFolder } from './database-folder.ts';
import { folderInUse, startFailed } from './database-startup-errors.ts';
import { checkDurability } from './durability-check.ts';
import { freePort } from './free-port.ts';
import {
  findRunningServer,
  type Postmaster,
  removeStalePostmasterFile,
  startPostmaster,
  stopServer,
} from './postmaster.ts';

/**
 * The database of a fresh machine: a real, durable PostgreSQL that npm brought, with its data in a
 * folder, started and stopped by the engine. It listens on 127.0.0.1 only and wants a password, which
 * lies beside the data, readable by its owner alone.
 */
export type EmbeddedDatabase = {
  readonly url: string;
  readonly port: number;
  /** Where the data stand: not `dataDir` when the user that root's database runs as cannot enter it. */
  readonly dataDir: string;
  /** The server's process now; another one after the server was killed and started again. */
  serverPid(): number;
  /** Ends the server; everything committed is on disk. May be called twice. */
  stop(): Promise<void>;
};

export type EmbeddedDatabaseOptions = {
  /** Folder for the data; made when it is missing. */
  readonly dataDir: string;
  /** Without it, any free port. */
  readonly port?: number;
  /** Gets one line per event worth telling. */
  readonly log: (line: string) => void;
  /** Further server settings. They may weaken durability: for throw-away databases only. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where root puts what its database user cannot reach in `dataDir`; /var/lib/yikatong without it. */
  readonly reachableFolder?: string;
  /** ms, never set back; that of the process without it. */
  readonly now?: () => number;
};

/** A server that this engine owns: nobody else may stop it or start it. */
type OwnedServer = {
  readonly port: number;
  readonly postmaster: Postmaster;
  release(): Promise<void>;
};

const database = 'yikatong';

/** Session lock of the one engine that owns a server; a killed engine loses it with its connection. */
const ownerLock = 7_431_203;

/** Children of a killed server take a moment to die, and another program may take a free port. */
const startAttemptsMax = 60;
const retryMs = 250;

/** A server that dies under a running engine is started again, unless it dies more often than this. */
const restartsMax = { times: 5, withinMs: 60_000 };

const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  // After each checkpoint a page that is touched goes into the log whole: checkpoints far apart write less.
  max_wal_size: '4GB',
  min_wal_size: '512MB',
  checkpoint_timeout: '15min',
  shared_buffers: '256MB',
  // Compiling a plan pays for long reports; there are none here.
  jit: 'off',
  // The server's log must not repeat values of rows or statements: they may be personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/**
 * Starts the embedded database; makes it on first use. A server that a killed engine left behind is
 * stopped and started anew; a server of a running engine is left alone.
 * @param options folder, port, log, settings
 * @returns the running database and how to stop it
 * @throws StartupError with one line for: folder in use, of another user, not writable, of another
 *   version; port taken; disk full; binaries missing; settings that are not durable
 */
export async function startEmbeddedDatabase(
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  try {
    const place = prepareDatabaseFolder(options);
    return await superviseServer(place, options);
  } catch (error) {
    throw toStartupError(error);
  }
}

/**
 * The database that a running engine serves in this folder, for a command beside that engine.
 * @returns undefined when no engine runs there
 */
export async function findRunningDatabase(
  options: Pick<EmbeddedDatabaseOptions, 'dataDir' | 'log' | 'reachableFolder'>,
): Promise<string | undefined> {
  const place = prepareDatabaseFolder(options);
  const running = findRunningServer(place.dataFolder);
  if (running === undefined) return undefined;
  const client = await connect(place, running.port, 'postgres').catch(() => undefined);
  const isOwned = client !== undefined && !(await tryOwnerLock(client));
  await client?.end();
  return isOwned ? databaseUrl(place, running.port, database) : undefined;
}

/** Keeps the server running: one that dies under the engine is started again on the same port. */
async function superviseServer(
  place: DatabaseFolder,
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  let server = await startOwned(place, options, options.port);
  const port = server.port;
  const { now = () => performance.now() } = options;
  let stopping = false;
  const end = async (): Promise<void> => {
    await server.release();
    await stopServer(server.postmaster.pid);
  };
  const watch = async (): Promise<void> => {
    const isTooOften = createRateDetector(restartsMax);
    for (;;) {
      await server.postmaster.ended;
      if (stopping) return;
      if (isTooOften(now())) break;
      options.log('the database server ended unexpectedly and is started again');
      await server.release();
      server = await startOwned(place, options, port);
      // stop() may have been called meanwhile, and has then ended the former server only.
      if (stopping) return end();
    }
    options.log('the database server ended again and again within a minute and is given up');
  };
  const watching = watch().catch((error: unknown) => {
    options.log(`the database server does not start again: ${toStartupError(error).en}`);
  });
  // An engine that ends without stop() takes the server with it all the same.
  const interrupt = () => process.kill(server.postmaster.pid, 'SIGINT');
  process.once('exit', interrupt);
  return {
    url: databaseUrl(place, port, database),
    port,
    dataDir: place.folder,
    serverPid: () => server.postmaster.pid,
    stop: async () => {
      stopping = true;
      process.off('exit', interrupt);
      // Its end is waited for now, and with nothing else to do the process would end before.
      server.postmaster.process.ref();
      await end();
      await watching;
    },
  };
}

/** Starts a server and takes its lock; tries again what passes by itself. */
async function startOwned(
  place: DatabaseFolder,
  options: EmbeddedDatabaseOptions,
  askedPort: number | undefined,
): Promise<OwnedServer> {
  for (let attempt = 1; attempt <= startAttemptsMax; attempt += 1) {
    if (!(await endOrphan(place, options.log))) continue;
    const port = askedPort ?? (await freePort(0));
    if (askedPort !== undefined) await freePort(askedPort);
    const settings = { ...serverSettings, ...options.settings, port: String(port) };
    const started = await startPostmaster(place, settings);
    if ('pid' in started) {
      try {
        return { port, postmaster: started, release: await takeOwnership(place, port, options) };
      } catch (error) {
        await stopServer(started.pid);
        throw error;
      }
    }
    const passes = started.reason === 'in-use' || started.reason === 'port-taken';
    if (!passes) throw startFailed(place, started);
    await sleep(retryMs);
  }
  throw folderInUse(place);
}

/**
 * Stops the server that a killed engine left behind.
 * @returns false while a server is there that cannot be asked yet
 * @throws StartupError DATABASE_FOLDER_IN_USE when a running engine owns it
 */
async function endOrphan(place: DatabaseFolder, log: (line: string) => void): Promise<boolean> {
  removeStalePostmasterFile(place.dataFolder);
  const running = findRunningServer(place.dataFolder);
  if (running === undefined) return true;
  const client = await connect(place, running.port, 'postgres').catch(() => undefined);
  if (client === undefined) {
    await sleep(retryMs);
    return false;
  }
  const owner = await tryOwnerLock(client);
  if (!owner) {
    await client.end();
    throw folderInUse(place);
  }
  log(`the database server ${running.pid} of an engine that was killed is stopped first`);
  await stopServer(running.pid);
  await client.end().catch(() => undefined);
  return true;
}

/** Takes the lock, makes the database on first use, checks that commits are durable. */
async function takeOwnership(
  place: DatabaseFolder,
  port: number,
  options: EmbeddedDatabaseOptions,
): Promise<() => Promise<void>> {
  const client = await connect(place, port, 'postgres');
  try {
    if (!(await tryOwnerLock(client))) throw folderInUse(place);
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
    if (options.settings === undefined) await checkDurability(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  return keepOwnership(place, port, client);
}

/** Holds the lock for as long as the engine runs, also past a server that restarts its sessions. */
function keepOwnership(place: DatabaseFolder, port: number, first: pg.Client): () => Promise<void> {
  let client = first;
  let released = false;
  const retake = async (): Promise<void> => {
    while (!released) {
      await sleep(retryMs, undefined, { ref: false });
      const next = await connect(place, port, 'postgres').catch(() => undefined);
      if (next === undefined) continue;
      if (released) return next.end();
      client = next;
      watchEnd();
      await tryOwnerLock(client);
      return;
    }
  };
  const watchEnd = (): void => {
    // A connection that ends while it takes the lock is seen by the next watch.
    client.once('end', () => {
      retake().catch(() => undefined);
    });
  };
  watchEnd();
  return async () => {
    released = true;
    await client.end().catch(() => undefined);
  };
}

async function tryOwnerLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS taken',
    [ownerLock],
  );
  return rows[0]?.taken === true;
}

async function connect(place: DatabaseFolder, port: number, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl(place, port, name),
    keepAlive: true,
  });
  // A server that ends under an idle client emits here; without a listener that ends the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function databaseUrl(place: DatabaseFolder, port: number, name: string): string {
  return `postgres://${databaseRole}:${place.password}@127.0.0.1:${port}/${name}`;
}
