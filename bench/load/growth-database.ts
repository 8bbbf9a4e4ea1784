import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { EmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import { startEmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import { migrate } from '../../engine/store/migrate.ts';
import type { BenchDatabase, MeasuredServer } from './bench-database.ts';
import { measuredServer, withDatabase } from './bench-database.ts';
import { seedBenchPopulation } from './bench-population.ts';
import type { FillFigures, FillSize } from './fill-tables.ts';
import { fillTables } from './fill-tables.ts';

/** Two databases on one server: an empty one and one that is filled. */
export type GrowthDatabases = {
  readonly emptyUrl: string;
  readonly filledUrl: string;
  /** Folder of the engines' keys. */
  readonly dataDir: string;
  /** Size of the population in both databases. */
  readonly people: number;
  /** Rows of settlement in the filled database. */
  settlements(): Promise<number>;
  /** Cards on invalid lists in the filled database. */
  listedCards(): Promise<number>;
  readonly server: MeasuredServer;
  /** Restarts the server, so no engine may run; the caller goes on with the databases returned. */
  fill(
    size: FillSize,
  ): Promise<{ readonly databases: GrowthDatabases; readonly fill: FillFigures }>;
  stop(): Promise<void>;
};

const GIGABYTE = 2 ** 30;
/** Folders of earlier runs have this name in them. */
const FILLED = 'growth_grown';

/**
 * Filling needs no durability, because a failed fill is repeated: these settings make it fast. Afterwards
 * the server is shut down, everything is synced to disk, and it starts again with its durable settings.
 */
function fillSettings(): Readonly<Record<string, string>> {
  const buffers = Math.max(256, Math.min(6 * GIGABYTE, totalmem() / 4) / 2 ** 20);
  return {
    ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
    ...{ wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' },
    ...{
      max_wal_size: '6GB',
      checkpoint_timeout: '1h',
      shared_buffers: `${Math.floor(buffers)}MB`,
    },
  };
}

/** Creates the two databases on a server given by address; its settings stay as they are. */
export async function openGrowthDatabasesOn(
  database: BenchDatabase,
  people: number,
): Promise<GrowthDatabases> {
  const { dataDir } = database;
  const [emptyUrl, filledUrl] = [
    await database.create('growth_empty'),
    await database.create(FILLED),
  ];
  for (const url of [emptyUrl, filledUrl]) await seedBenchPopulation(url, dataDir, { people });
  const databases: GrowthDatabases = {
    ...{ emptyUrl, filledUrl, dataDir, people, server: database },
    settlements: () => countRows(filledUrl, 'settlement'),
    listedCards: () => countRows(filledUrl, 'invalid_list_entry'),
    fill: async (size) => ({ databases, fill: await fillTables(filledUrl, size) }),
    stop: async () => undefined,
  };
  return databases;
}

/**
 * Starts an embedded server in a folder. A folder that an earlier run has filled keeps its filled database
 * and its population; only the empty database is made anew.
 */
export async function openGrowthDatabasesIn(
  folder: string,
  people: number,
): Promise<GrowthDatabases> {
  mkdirSync(folder, { recursive: true });
  // Under root the server runs as another user, who must be able to enter its folder.
  chmodSync(folder, 0o755);
  const about = join(folder, 'growth.json');
  const isKept = existsSync(about);
  const population: { readonly people: number } = isKept
    ? JSON.parse(readFileSync(about, 'utf8'))
    : { people };
  const { client, server, urlOf } = await startServer(folder, undefined);
  try {
    await client.query('drop database if exists growth_empty');
    await client.query('create database growth_empty');
    await seedBenchPopulation(urlOf('growth_empty'), folder, population);
    if (isKept) {
      await migrate(urlOf(FILLED));
    } else {
      await client.query(`drop database if exists ${FILLED}`);
      await client.query(`create database ${FILLED}`);
      await seedBenchPopulation(urlOf(FILLED), folder, population);
      writeFileSync(about, JSON.stringify(population));
    }
  } finally {
    await client.end();
    await server.stop();
  }
  return startGrowthDatabases(folder, population.people);
}

async function startGrowthDatabases(folder: string, people: number): Promise<GrowthDatabases> {
  const { client, server, urlOf } = await startServer(folder, undefined);
  const [emptyUrl, filledUrl] = [urlOf('growth_empty'), urlOf(FILLED)];
  const stop = async () => {
    await client.end();
    await server.stop();
  };
  return {
    ...{ emptyUrl, filledUrl, dataDir: folder, people, stop },
    server: measuredServer(client, server.serverPid()),
    settlements: () => countRows(filledUrl, 'settlement'),
    listedCards: () => countRows(filledUrl, 'invalid_list_entry'),
    fill: async (size) => {
      await stop();
      const fill = await fillIn(folder, size);
      return { fill, databases: await startGrowthDatabases(folder, people) };
    },
  };
}

async function fillIn(folder: string, size: FillSize): Promise<FillFigures> {
  const { client, server, urlOf } = await startServer(folder, fillSettings());
  try {
    const fill = await fillTables(urlOf(FILLED), size);
    await client.query('checkpoint');
    return fill;
  } finally {
    await client.end();
    await server.stop();
    // Pages still to be written would disturb the next measurement.
    syncToDisk();
  }
}

/** Writes the page cache of the machine to disk. */
function syncToDisk(): void {
  try {
    execFileSync('/bin/sync');
  } catch {
    // A machine without this program writes its pages a little later.
  }
}

type Started = {
  readonly server: EmbeddedDatabase;
  readonly client: pg.Client;
  readonly urlOf: (name: string) => string;
};

async function startServer(
  folder: string,
  settings: Readonly<Record<string, string>> | undefined,
): Promise<Started> {
  const log = () => undefined;
  const server = await startEmbeddedDatabase({
    ...{ dataDir: join(folder, 'server'), log },
    ...(settings && { settings }),
  });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // A connection that the server ends makes the next query fail; the event itself needs no handling.
  client.on('error', () => undefined);
  return { server, client, urlOf: (name) => withDatabase(server.url, name) };
}

async function countRows(url: string, table: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
    return Number(rows[0]?.count ?? 0);
  } finally {
    await client.end();
  }
}
