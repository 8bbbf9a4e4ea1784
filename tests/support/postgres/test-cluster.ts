import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startEmbeddedDatabase } from '../../../engine/ops/postgres/embedded-database.ts';
import { findRunningServer, stopServer } from '../../../engine/ops/postgres/postmaster.ts';
import { makeEngineLogin } from './engine-login.ts';

/** The PostgreSQL of one test run: ordinary durable settings, and a template with the schema in it. */
export type TestCluster = {
  /** Of the administrator, on the maintenance database. */
  readonly url: string;
  /** Name of the database that every test's database is a copy of. */
  readonly template: string;
  stop(): Promise<void>;
};

const prefix = 'yikatong-test-';
const migrations = join(import.meta.dirname, '../../../engine/store/migrate.ts');

/** Starts the cluster and migrates the template; about a second and a half. */
export async function startTestCluster(): Promise<TestCluster> {
  await sweepAbandonedClusters();
  const dataDir = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  // The user that root's database runs as must get in; what lies inside is closed by itself.
  chmodSync(dataDir, 0o755);
  const embedded = await startEmbeddedDatabase({
    dataDir,
    // As root in a folder that only root enters, a copy of the binaries is made: here, and removed.
    reachableFolder: join(dataDir, 'reachable'),
    log: () => undefined,
    settings: { max_connections: '200' },
  });
  const stop = async () => {
    await embedded.stop();
    for (const folder of new Set([dataDir, embedded.dataDir])) {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    if (existsSync(migrations)) {
      const { migrate } = await import(pathToFileURL(migrations).href);
      await migrate(embedded.url);
    }
    await makeEngineLogin(embedded.url);
    const url = new URL(embedded.url);
    const template = url.pathname.slice(1);
    url.pathname = '/postgres';
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    // Nobody may connect to the template: a copy cannot be made while it has a session.
    await admin.query(`ALTER DATABASE ${template} WITH ALLOW_CONNECTIONS false`);
    await admin.end();
    return { url: url.href, template, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops and removes what a killed test run left: its folder carries the number of a dead process. */
async function sweepAbandonedClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!pid || existsSync(`/proc/${pid}`)) continue;
    const folder = join(tmpdir(), name);
    const server = findRunningServer(join(folder, 'postgres', 'data'));
    if (server !== undefined) await stopServer(server.pid);
    rmSync(folder, { recursive: true, force: true });
  }
}
