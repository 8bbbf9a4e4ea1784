import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test's own, with the migrated schema and no rows but those of the migrations. */
export type TestDatabase = {
  readonly url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
};

/**
 * Makes a database for one test or one file: a copy of the migrated template, about 30 ms. The first
 * call of a run also starts the cluster, about a second and a half.
 * @example
 * const database = await createTestDatabase();
 * afterAll(() => database.drop());
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const response = await fetch(inject('testClusterUrl'));
  if (!response.ok) throw new Error(`no test database: ${await response.text()}`);
  const cluster = (await response.json()) as { readonly url: string; readonly template: string };
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(cluster.url, `CREATE DATABASE ${name} TEMPLATE ${cluster.template}`);
  const url = new URL(cluster.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => administer(cluster.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
