import { inject } from 'vitest';

/** A database of a test's own, with the migrated schema and no rows but those of the migrations. */
export type TestDatabase = {
  readonly url: string;
  /** Gives it back, whoever is still connected. */
  drop(): Promise<void>;
};

/**
 * A database for one test or one file: a copy of the migrated template. The first call of a run also starts
 * the cluster, about a second and a half.
 * @param wish `isFresh`: nobody has used it before, for whoever looks at plans or sizes
 * @example
 * const database = await createTestDatabase();
 * afterAll(() => database.drop());
 */
export async function createTestDatabase(wish = { isFresh: false }): Promise<TestDatabase> {
  const url = await ask(wish.isFresh ? 'take?fresh' : 'take');
  return { url, drop: async () => void (await ask(`give-back?url=${encodeURIComponent(url)}`)) };
}

async function ask(what: string): Promise<string> {
  const response = await fetch(`${inject('testDatabasesUrl')}${what}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`no test database: ${text}`);
  return text;
}
