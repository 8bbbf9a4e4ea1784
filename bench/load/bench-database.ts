import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { checkDurability } from '../../engine/ops/postgres/durability-check.ts';
import { startEmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import type { ServerCounts } from '../findings/server-counters.ts';
import { readServerCounts } from '../findings/server-counters.ts';
import type { Durations } from './durations.ts';
import { durationsOf, toNanoseconds } from './durations.ts';

/** A server while it is measured. */
export type MeasuredServer = {
  /** Process id of the embedded server; undefined for a server given by address. */
  readonly serverPid: number | undefined;
  /** Every measured part starts with a checkpoint, so that no part pays for writing another's pages. */
  checkpoint(): Promise<void>;
  /** Undefined: the server's version has no such counters. */
  counts(): Promise<ServerCounts | undefined>;
  /**
   * Times a sync of the log a few times a second until it is told to stop.
   * @returns stops it; undefined from a server before version 17
   */
  watchSyncs(): () => Promise<Durations | undefined>;
};

/** One durable PostgreSQL server with a database for the engine and one for pgbench. */
export type BenchDatabase = MeasuredServer & {
  readonly engineUrl: string;
  readonly pgbenchUrl: string;
  readonly version: string;
  /** Folder of the run: keys, and the embedded server's data. */
  readonly dataDir: string;
  /** One more database on the same server; dropped at the end. @returns its address */
  create(name: string): Promise<string>;
  stop(): Promise<void>;
};

/** Types of memory file systems in statfs (tmpfs, ramfs): a commit there does not reach a disk. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

/**
 * Starts the embedded server in a temporary folder, or uses the one given.
 * @param settings further settings of the embedded server: only for observing, never for speed
 * @throws StartupError when the server is not durable, Error when the folder is in memory
 */
export async function openBenchDatabase(
  databaseUrl: string | undefined,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yikatong-bench-'));
  // Under root the server runs as another user, who must be able to enter its folder.
  chmodSync(dataDir, 0o755);
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    if (databaseUrl !== undefined) {
      const names = { suffix: `_${process.pid}_${Date.now()}`, dataDir, serverPid: undefined };
      return await openDatabases(databaseUrl, names, async () => removeFolder());
    }
    if (memoryFileSystems.has(statfsSync(dataDir).type)) {
      throw new Error(`${tmpdir()} is in memory, which is not durable; set TMPDIR to a disk`);
    }
    const log = () => undefined;
    const server = await startEmbeddedDatabase({
      ...{ dataDir: join(dataDir, 'server'), log, settings },
    });
    return await openDatabases(
      server.url,
      { suffix: '', dataDir, serverPid: server.serverPid() },
      async () => {
        await server.stop();
        if (!server.dataDir.startsWith(dataDir)) {
          rmSync(server.dataDir, { recursive: true, force: true });
        }
        removeFolder();
      },
    );
  } catch (error) {
    removeFolder();
    throw error;
  }
}

type Names = Pick<BenchDatabase, 'dataDir' | 'serverPid'> & { readonly suffix: string };

async function openDatabases(
  serverUrl: string,
  { suffix, dataDir, serverPid }: Names,
  close: () => Promise<void>,
): Promise<BenchDatabase> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  // A connection that the server ends makes the next query fail; the event itself needs no handling.
  client.on('error', () => undefined);
  try {
    await checkDurability(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  const names: string[] = [];
  const create = async (base: string): Promise<string> => {
    const name = `${base}${suffix}`;
    await client.query(`create database ${name}`);
    names.push(name);
    return withDatabase(serverUrl, name);
  };
  const [engineUrl, pgbenchUrl] = [await create('yikatong_bench'), await create('pgbench')];
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return {
    ...{ engineUrl, pgbenchUrl, dataDir, create },
    version: rows[0]?.server_version ?? 'unknown',
    ...measuredServer(client, serverPid),
    stop: async () => {
      for (const name of names) await client.query(`drop database ${name} with (force)`);
      await client.end();
      await close();
    },
  };
}

/** @param client stays connected for as long as the server is measured */
export function measuredServer(client: pg.Client, serverPid: number | undefined): MeasuredServer {
  return {
    serverPid,
    checkpoint: async () => {
      // On a server given by address the role may lack the right.
      await client.query('checkpoint').catch(() => undefined);
    },
    counts: () => readServerCounts(client).catch(() => undefined),
    watchSyncs: () => watchSyncs(client),
  };
}

/** Interval between two syncs, ms: rare enough not to slow the commits that are measured. */
const SYNC_EVERY_MS = 100;
/** Writes a few bytes to the log and syncs it, as a commit does, without a transaction or a row. */
const syncLog = "select pg_logical_emit_message(false, 'bench', '', true)";

function watchSyncs(client: pg.Client): () => Promise<Durations | undefined> {
  const histogram = createHistogram();
  let isStopped = false;
  const watch = async () => {
    while (!isStopped) {
      const startedAt = performance.now();
      await client.query(syncLog);
      histogram.record(toNanoseconds(performance.now() - startedAt));
      await sleep(SYNC_EVERY_MS);
    }
    return durationsOf(histogram);
  };
  const watched = watch().catch(() => undefined);
  return () => {
    isStopped = true;
    return watched;
  };
}

/**
 * Vacuums a database. Left to the server, the first vacuum of many new rows comes within a minute, writes
 * nine
 * whole pages to the log for each settlement of that moment, and doubles the server's CPU.
 */
export async function vacuum(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('vacuum (freeze, analyze)');
  } finally {
    await client.end();
  }
}

/** The address of another database of the same server. */
export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
