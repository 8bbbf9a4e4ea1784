import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createRateDetector } from '../rate-detector.ts';
import { toStartupError } from '../startup-error.ts';
import { type DatabaseCluster, databaseRole, prepareDatabaseCluster } from './database-cluster.ts';
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
 * The embedded database: a durable PostgreSQL from npm, with its data in a folder, started and stopped by
 * the engine. It listens on 127.0.0.1 only and requires a password, stored beside the data and readable by
 * its owner only.
 */
export type EmbeddedDatabase = {
  readonly url: string;
  readonly port: number;
  /** Folder of the data; differs from `dataDir` when the database's user cannot enter that. */
  readonly dataDir: string;
  /** The server's current process; it changes when a killed server is started again. */
  serverPid(): number;
  /** Stops the server; everything committed is on disk. May be called twice. */
  stop(): Promise<void>;
};

export type EmbeddedDatabaseOptions = {
  /** Folder for the data; created when missing. */
  readonly dataDir: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Receives one line per notable event. */
  readonly log: (line: string) => void;
  /** More server settings. They may weaken durability, so only for temporary databases. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder that root uses when the database's user cannot enter `dataDir`. Default: /var/lib/yikatong. */
  readonly reachableFolder?: string;
  /** Monotonic clock, ms. Default: that of the process. */
  readonly now?: () => number;
};

/** A server that this engine owns: no other engine may stop or start it. */
type OwnedServer = {
  readonly port: number;
  readonly postmaster: Postmaster;
  release(): Promise<void>;
};

const database = 'yikatong';

/** Session lock of the engine that owns the server; a killed engine loses it with its connection. */
const ownerLock = 7_431_203;

/** A start is retried: children of a killed server end slowly, and another program may take a free port. */
const startAttemptsMax = 60;
const retryMs = 250;

/** A server that ends under a running engine is started again, up to this rate. */
const restartsMax = { times: 5, withinMs: 60_000 };

const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  // After a checkpoint the first change of a page is logged as a whole page; rare checkpoints write less.
  max_wal_size: '4GB',
  min_wal_size: '512MB',
  checkpoint_timeout: '15min',
  shared_buffers: '256MB',
  // Compiled plans only pay for long reports, and there are none.
  jit: 'off',
  // The server's log must not contain row values or statements: they may be personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/**
 * Starts the embedded database, and creates it on first use. A server of a killed engine is restarted; a
 * server of a running engine is not touched.
 * @throws StartupError with one line for: folder in use, of another user, not writable, of another version;
 *   port taken; disk full; binaries missing; settings that are not durable
 */
export async function startEmbeddedDatabase(
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  try {
    const cluster = prepareDatabaseCluster(options);
    return await superviseServer(cluster, options);
  } catch (error) {
    throw toStartupError(error);
  }
}

/**
 * The database of a running engine in this folder, for a command beside it.
 * @returns its URL; undefined when no engine runs there
 */
export async function findRunningDatabase(
  options: Pick<EmbeddedDatabaseOptions, 'dataDir' | 'log' | 'reachableFolder'>,
): Promise<string | undefined> {
  const cluster = prepareDatabaseCluster(options);
  const running = findRunningServer(cluster.dataFolder);
  if (running === undefined) return undefined;
  const client = await connect(cluster, running.port, 'postgres').catch(() => undefined);
  const isOwned = client !== undefined && !(await tryOwnerLock(client));
  await client?.end();
  return isOwned ? databaseUrl(cluster, running.port, database) : undefined;
}

/** Keeps the server running: restarts it on the same port when it ends. */
async function superviseServer(
  cluster: DatabaseCluster,
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  let server = await startOwned(cluster, options, options.port);
  const port = server.port;
  const { now = () => performance.now() } = options;
  let stopping = false;
  const end = async (): Promise<void> => {
    await server.release();
    await stopServer(server.postmaster.pid);
  };
  const watch = async (): Promise<void> => {
    const isAboveLimit = createRateDetector(restartsMax);
    for (;;) {
      await server.postmaster.ended;
      if (stopping) return;
      if (isAboveLimit(now())) break;
      options.log('the database server ended unexpectedly and is started again');
      await server.release();
      server = await startOwned(cluster, options, port);
      // If stop() was called meanwhile, it has stopped the previous server only.
      if (stopping) return end();
    }
    options.log('the database server ended again and again within a minute and is given up');
  };
  const watching = watch().catch((error: unknown) => {
    options.log(`the database server does not start again: ${toStartupError(error).en}`);
  });
  // Stops the server also when the process exits without stop().
  const interrupt = () => process.kill(server.postmaster.pid, 'SIGINT');
  process.once('exit', interrupt);
  return {
    url: databaseUrl(cluster, port, database),
    port,
    dataDir: cluster.folder,
    serverPid: () => server.postmaster.pid,
    stop: async () => {
      stopping = true;
      process.off('exit', interrupt);
      // Keeps the process alive until the server has ended.
      server.postmaster.process.ref();
      await end();
      await watching;
    },
  };
}

/** Starts a server and takes its lock. Retries while folder or port are in use for a moment. */
async function startOwned(
  cluster: DatabaseCluster,
  options: EmbeddedDatabaseOptions,
  askedPort: number | undefined,
): Promise<OwnedServer> {
  for (let attempt = 1; attempt <= startAttemptsMax; attempt += 1) {
    if (!(await endOrphan(cluster, options.log))) continue;
    const port = askedPort ?? (await freePort(0));
    if (askedPort !== undefined) await freePort(askedPort);
    const settings = { ...serverSettings, ...options.settings, port: String(port) };
    const started = await startPostmaster(cluster, settings);
    if ('pid' in started) {
      try {
        return { port, postmaster: started, release: await takeOwnership(cluster, port, options) };
      } catch (error) {
        await stopServer(started.pid);
        throw error;
      }
    }
    const isTemporary = started.reason === 'in-use' || started.reason === 'port-taken';
    if (!isTemporary) throw startFailed(cluster, started);
    await sleep(retryMs);
  }
  throw folderInUse(cluster);
}

/**
 * Stops the server of a killed engine.
 * @returns false while a server runs that does not accept connections yet
 * @throws StartupError DATABASE_FOLDER_IN_USE when a running engine owns it
 */
async function endOrphan(cluster: DatabaseCluster, log: (line: string) => void): Promise<boolean> {
  removeStalePostmasterFile(cluster.dataFolder);
  const running = findRunningServer(cluster.dataFolder);
  if (running === undefined) return true;
  const client = await connect(cluster, running.port, 'postgres').catch(() => undefined);
  if (client === undefined) {
    await sleep(retryMs);
    return false;
  }
  const owner = await tryOwnerLock(client);
  if (!owner) {
    await client.end();
    throw folderInUse(cluster);
  }
  log(`the database server ${running.pid} of an engine that was killed is stopped first`);
  await stopServer(running.pid);
  await client.end().catch(() => undefined);
  return true;
}

/** Takes the lock, creates the database on first use, checks durability. @returns releases the lock */
async function takeOwnership(
  cluster: DatabaseCluster,
  port: number,
  options: EmbeddedDatabaseOptions,
): Promise<() => Promise<void>> {
  const client = await connect(cluster, port, 'postgres');
  try {
    if (!(await tryOwnerLock(client))) throw folderInUse(cluster);
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
    if (options.settings === undefined) await checkDurability(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  return keepOwnership(cluster, port, client);
}

/** Holds the lock while the engine runs; takes it again after the server has restarted its sessions. */
function keepOwnership(
  cluster: DatabaseCluster,
  port: number,
  first: pg.Client,
): () => Promise<void> {
  let client = first;
  let released = false;
  const retake = async (): Promise<void> => {
    while (!released) {
      await sleep(retryMs, undefined, { ref: false });
      const next = await connect(cluster, port, 'postgres').catch(() => undefined);
      if (next === undefined) continue;
      if (released) return next.end();
      client = next;
      watchEnd();
      await tryOwnerLock(client);
      return;
    }
  };
  const watchEnd = (): void => {
    // If the new connection ends before it has the lock, its own 'end' listener retries.
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

async function connect(cluster: DatabaseCluster, port: number, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl(cluster, port, name),
    keepAlive: true,
  });
  // An idle client emits 'error' when the server ends; without a listener that would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function databaseUrl(cluster: DatabaseCluster, port: number, name: string): string {
  return `postgres://${databaseRole}:${cluster.password}@127.0.0.1:${port}/${name}`;
}
