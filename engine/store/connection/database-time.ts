import { sql } from 'kysely';
import { defaultStoreLimits } from '../create-store.ts';
import { openDatabase } from './database.ts';
import { orUnavailable } from './database-errors.ts';

export type DatabaseTime = {
  /** ms since the epoch, by the database's clock. Rejects with StoreUnavailable while it is away. */
  read(): Promise<number>;
  close(): Promise<void>;
};

/** Connects when it is first used. */
export function openDatabaseTime(url: string): DatabaseTime {
  const database = openDatabase(url, defaultStoreLimits);
  const query = sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`;
  return {
    async read() {
      const { rows } = await orUnavailable(query.execute(database));
      return Number(rows[0]?.ms);
    },
    close: () => database.destroy(),
  };
}
