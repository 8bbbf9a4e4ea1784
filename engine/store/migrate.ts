import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { clientConfig } from '../ops/postgres/client-config.ts';
import { grantRoles } from './roles/grant-roles.ts';

const migrationsFolder = join(import.meta.dirname, 'migrations');
/** Session lock: engines that start together migrate one after the other. */
const migrationLock = 7_431_204;

/**
 * The database does not fit this engine, or a migration found something wrong; nothing was changed.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The database is behind, and this login does not own it: somebody else must migrate it. */
export class OwnerNeeded extends Error {
  override readonly name = 'OwnerNeeded';
}

type Migration = {
  readonly name: string;
  readonly up: string;
  readonly check: string;
  readonly hash: string;
};

/**
 * Brings the database to this engine's schema: each folder of `migrations/` once, in order, in a
 * transaction of its own together with its check (queries that must return no row); then the roles get
 * their rights. Safe to run at every start and from several engines at once. A login that owns nothing may
 * run it on a database that needs nothing.
 * @param url of the database, for its owner where something is missing
 * @param folder of the migrations; another one only in tests
 * @returns names of the migrations that were applied now
 * @throws MigrationError when an applied migration was changed or is unknown here, or a check fails;
 *   OwnerNeeded when something is missing and this login may not make it
 */
export async function migrate(
  url: string,
  folder: string = migrationsFolder,
): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  const client = new pg.Client({ ...clientConfig(url), application_name: 'yikatong-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const done = await readApplied(client);
    assertSameHistory(migrations, done);
    const missing = migrations.filter((migration) => !done.has(migration.name));
    if (missing.length > 0) await requireOwner(client, missing);
    for (const migration of missing) await apply(client, migration);
    if (missing.length > 0 && folder === migrationsFolder) await grantRoles(client);
    return { applied: missing.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

/** Names of the migrations that a database does not have yet. @throws MigrationError as {@link migrate} */
export async function findMissingMigrations(client: pg.Client): Promise<readonly string[]> {
  const migrations = readMigrations(migrationsFolder);
  const done = await readApplied(client);
  assertSameHistory(migrations, done);
  return migrations.map(({ name }) => name).filter((name) => !done.has(name));
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
  // Asked first: `if not exists` needs the right to create even where it creates nothing.
  const found = await client.query(
    `select from pg_class where oid = to_regclass('yikatong_migration')`,
  );
  if (found.rowCount === 0) return new Map();
  const { rows } = await client.query<{ name: string; hash: string }>(
    'select name, hash from yikatong_migration',
  );
  return new Map(rows.map((row) => [row.name, row.hash]));
}

async function requireOwner(client: pg.Client, missing: readonly Migration[]): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `select has_schema_privilege(current_schema(), 'create') and coalesce((select
      pg_has_role(session_user, relowner, 'usage') from pg_class
      where oid = to_regclass('yikatong_migration')), true) as may`,
  );
  if (rows[0]?.may !== true) throw new OwnerNeeded(missing.map(({ name }) => name).join(', '));
  await client.query(`create table if not exists yikatong_migration (
    name text primary key, hash text not null, applied_at timestamptz not null default now())`);
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
