import pg from 'pg';

/** A login with the engine's role and nothing else, on the cluster of a test run. */
const login = { username: 'test_engine', password: 'of-tests-only' };

/** @param url of the cluster's owner, on a database that was migrated */
export async function makeEngineLogin(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { username, password } = login;
  await client.query(`create role ${username} login password '${password}' in role yikatong_app`);
  await client.end();
}

/** The same database with the least rights that an engine needs. */
export function asEngine(url: string): string {
  return Object.assign(new URL(url), login).href;
}
