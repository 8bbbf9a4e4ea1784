import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const migrationsFolder = join(import.meta.dirname, 'migrations');
/** Session lock: engines that start together migrate one after the other. */
const migrationLock = 7_431_204;

/**
 * The database does not fit this engine, or a migration found something wrong; nothing was changed.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

type Migration = {
  readonly name: string;
  readonly up: string;
  readonly check: string;
  readonly hash: string;
};

/**
 * Brings the database to this engine's schema: each folder of `migrations/` once, in order, in a
 * transaction of its own together with its check (queries that must return no row). Safe to run at
 * every start and from several engines at once.
 * @param url of the database, for a user who may create tables
 * @param folder of the migrations; another one only in tests
 * @returns names of the migrations that were applied now
 * @throws MigrationError when an applied migration was changed or is unknown here, or a check fails
 */
export async function migrate(
  url: string,
  folder: string = migrationsFolder,
): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: 'yikatong-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const done = await readApplied(client);
    assertSameHistory(migrations, done);
    const missing = migrations.filter((migration) => !done.has(migration.name));
    for (const migration of missing) await apply(client, migration);
    return { applied: missing.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const up = readFileSync(join(folder, name, 'up.sql'), 'utf8');
    const check = readFileSync(join(folder, name, 'check.sql'), 'utf8');
    const hash = createHash('sha256').update(up).update('\0').update(check).digest('hex');
    return { name, up, check, hash };
  });
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`create table if not exists yikatong_migration (
    name text primary key, hash text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ name: string; hash: string }>(
    'select name, hash from yikatong_migration',
  );
  return new Map(rows.map((row) => [row.name, row.hash]));
}

function assertSameHistory(
  migrations: readonly Migration[],
  done: ReadonlyMap<string, string>,
): void {
  const hashes = new Map(migrations.map((migration) => [migration.name, migration.hash]));
  for (const [name, hash] of done) {
    const known = hashes.get(name);
    if (known === undefined) {
      throw new MigrationError(
        `the database has migration ${name}, which this engine does not know`,
      );
    }
    if (known !== hash) {
      throw new MigrationError(
        `migration ${name} was changed after it was applied; add a new migration instead`,
      );
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.up);
    await runCheck(client, migration);
    await client.query('insert into yikatong_migration (name, hash) values ($1, $2)', [
      migration.name,
      migration.hash,
    ]);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new MigrationError(`${migration.name} was rolled back`);
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Several statements in one query give several results, which the types of pg do not know. */
async function runCheck(client: pg.Client, migration: Migration): Promise<void> {
  const result: pg.QueryResult | pg.QueryResult[] = await client.query(migration.check);
  for (const { rows } of Array.isArray(result) ? result : [result]) {
    if (rows.length > 0) {
      throw new MigrationError(`check of ${migration.name} found ${JSON.stringify(rows[0])}`);
    }
  }
}
