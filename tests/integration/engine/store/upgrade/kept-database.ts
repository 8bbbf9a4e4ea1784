/** A database that an earlier version made, loaded as it was and then brought to today's schema. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { migrate } from '../../../../../engine/store/migrate.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

const migrations = join(import.meta.dirname, '../../../../../engine/store/migrations');

/** What the version said of its own rows. */
export type Expected = {
  /** By request key: the answer to the same request, given once more. */
  readonly answers: Readonly<Record<string, { readonly status: number; readonly body: string }>>;
  /** By settlement id: the body of GET /v1/settlements/{id}. */
  readonly documents: Readonly<Record<string, string>>;
};

export type KeptDatabase = {
  readonly url: string;
  readonly expected: Expected;
  /** Rows of each table before today's migrations; those of a partitioned table together. */
  readonly rowsBefore: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/**
 * Loads the rows into the version's schema, and migrates. The rows hold the digests of the version's
 * migrations,
 * so one that was edited since then is refused here.
 * @param name of the files beside this one
 * @param firstNew the first migration that the version did not have
 */
export async function openKeptDatabase(name: string, firstNew: string): Promise<KeptDatabase> {
  const { url, drop } = await createEmptyDatabase();
  await migrateBefore(url, firstNew);
  await query(url, read(`${name}.sql.gz`));
  const rowsBefore = await countRows(url);
  await migrate(url);
  const expected = JSON.parse(read(`${name}.json.gz`)) as Expected;
  return { url, expected, rowsBefore, close: drop };
}

function read(file: string): string {
  return gunzipSync(readFileSync(join(import.meta.dirname, file))).toString('utf8');
}

/** A database without a table, beside one of the run's own. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const beside = await createTestDatabase();
  const name = `${new URL(beside.url).pathname.slice(1)}_old`;
  await query(beside.url, `create database ${name} template template0`);
  return {
    url: Object.assign(new URL(beside.url), { pathname: `/${name}` }).href,
    async drop() {
      await query(beside.url, `drop database ${name} with (force)`);
      await beside.drop();
    },
  };
}

/** Migrates as a version would that had only the migrations before that one. */
export async function migrateBefore(url: string, firstNew: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-test-'));
  try {
    for (const name of readdirSync(migrations).filter((other) => other < firstNew)) {
      cpSync(join(migrations, name), join(folder, name), { recursive: true });
    }
    await migrate(url, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tables of the schema by name; a partition counts for its parent. */
export async function countRows(url: string): Promise<ReadonlyMap<string, number>> {
  const tables = await query(
    url,
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int from ${name}`);
  const rows = await query(url, counts.join(' union all '));
  return new Map(rows.map(({ name, count }) => [String(name), Number(count)]));
}
