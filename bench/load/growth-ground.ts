import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { EmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import { startEmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import { migrate } from '../../engine/store/migrate.ts';
import { seedBenchCrowd } from './bench-crowd.ts';
import type { BenchDatabase, MeasuredServer } from './bench-database.ts';
import { measuredServer, withDatabase } from './bench-database.ts';
import type { FillFigures, Growth } from './grow-tables.ts';
import { growTables } from './grow-tables.ts';

/** Two databases on one server, an empty one and one that grows. */
export type GrowthGround = {
  readonly emptyUrl: string;
  readonly grownUrl: string;
  /** Of the engines' keys. */
  readonly dataDir: string;
  /** Size of the crowd in both. */
  readonly people: number;
  /** Rows of settlement in the database that grows. */
  settlements(): Promise<number>;
  /** Cards on invalid lists in the database that grows. */
  listedCards(): Promise<number>;
  readonly server: MeasuredServer;
  /** No engine may run meanwhile; addresses and server are others afterwards. */
  grow(growth: Growth): Promise<{ readonly ground: GrowthGround; readonly fill: FillFigures }>;
  stop(): Promise<void>;
};

const GIGABYTE = 2 ** 30;

/**
 * What is filled need not be safe while it is filled: the server is stopped in good order afterwards, all
 * is brought to the disk, and it starts again as durable as any.
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

/** Two more databases on a server of one's own, filled as it is. */
export async function openGroundOn(database: BenchDatabase, people: number): Promise<GrowthGround> {
  const { dataDir } = database;
  const [emptyUrl, grownUrl] = [
    await database.create('growth_empty'),
    await database.create('growth_grown'),
  ];
  for (const url of [emptyUrl, grownUrl]) await seedBenchCrowd(url, dataDir, { people });
  const ground: GrowthGround = {
    ...{ emptyUrl, grownUrl, dataDir, people, server: database },
    settlements: () => countRows(grownUrl, 'settlement'),
    listedCards: () => countRows(grownUrl, 'invalid_list_entry'),
    grow: async (growth) => ({ ground, fill: await growTables(grownUrl, growth) }),
    stop: async () => undefined,
  };
  return ground;
}

/**
 * An embedded server of its own in a folder, which is made, or was filled by an earlier run: then its
 * people are that run's and only the empty database is new.
 */
export async function openGroundIn(folder: string, people: number): Promise<GrowthGround> {
  mkdirSync(folder, { recursive: true });
  // The database of root runs as another user, who must reach its folder; keys have modes of their own.
  chmodSync(folder, 0o755);
  const about = join(folder, 'growth.json');
  const isKept = existsSync(about);
  const crowd: { readonly people: number } = isKept
    ? JSON.parse(readFileSync(about, 'utf8'))
    : { people };
  const { client, server, urlOf } = await startServer(folder, undefined);
  try {
    await client.query('drop database if exists growth_empty');
    await client.query('create database growth_empty');
    await seedBenchCrowd(urlOf('growth_empty'), folder, crowd);
    if (isKept) {
      await migrate(urlOf('growth_grown'));
    } else {
      await client.query('drop database if exists growth_grown');
      await client.query('create database growth_grown');
      await seedBenchCrowd(urlOf('growth_grown'), folder, crowd);
      writeFileSync(about, JSON.stringify(crowd));
    }
  } finally {
    await client.end();
    await server.stop();
  }
  return startGround(folder, crowd.people);
}

async function startGround(folder: string, people: number): Promise<GrowthGround> {
  const { client, server, urlOf } = await startServer(folder, undefined);
  const [emptyUrl, grownUrl] = [urlOf('growth_empty'), urlOf('growth_grown')];
  const stop = async () => {
    await client.end();
    await server.stop();
  };
  return {
    ...{ emptyUrl, grownUrl, dataDir: folder, people, stop },
    server: measuredServer(client, server.serverPid()),
    settlements: () => countRows(grownUrl, 'settlement'),
    listedCards: () => countRows(grownUrl, 'invalid_list_entry'),
    grow: async (growth) => {
      await stop();
      const fill = await fillIn(folder, growth);
      return { fill, ground: await startGround(folder, people) };
    },
  };
}

async function fillIn(folder: string, growth: Growth): Promise<FillFigures> {
  const { client, server, urlOf } = await startServer(folder, fillSettings());
  try {
    const fill = await growTables(urlOf('growth_grown'), growth);
    await client.query('checkpoint');
    return fill;
  } finally {
    await client.end();
    await server.stop();
    // Nothing of the filling is left to be written while the next part is measured.
    bringToDisk();
  }
}

/** All that the machine has not written yet; a machine that has no such program writes it by itself. */
function bringToDisk(): void {
  try {
    execFileSync('/bin/sync');
  } catch {
    // It is written a little later.
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
  // The server may end it; whoever asks next is told.
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
