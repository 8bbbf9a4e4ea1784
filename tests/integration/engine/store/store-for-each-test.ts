import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../../../engine/ports/store.ts';
import type { StoreOptions } from '../../../../engine/store/create-store.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { openStore } from './toy-store.ts';

export type StoreForEachTest = {
  /** Of this test's own database. */
  readonly url: string;
  /** Opens a store on it, or on `options.url`; it is closed when the test ends. */
  readonly start: (options?: Partial<StoreOptions>) => Store;
};

/** Gives each test of a file a database of its own, and closes what the test opened. */
export function storeForEachTest(): StoreForEachTest {
  let database: TestDatabase;
  let open: (Store & { close(): Promise<void> })[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
    open = [];
    await database.drop();
  });
  return {
    get url() {
      return database.url;
    },
    start(options = {}) {
      const store = openStore(options.url ?? database.url, options);
      open.push(store);
      return store;
    },
  };
}
