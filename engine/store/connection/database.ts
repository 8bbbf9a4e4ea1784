import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from '../tables/schema.ts';
import type { ConnectionLimits } from './pipelined-connection.ts';
import { connectionConfig } from './pipelined-connection.ts';

/** Few: the settlements' own connections do the heavy work. */
const poolMax = 4;

/** The pool for everything that is not a settlement. Ends with `destroy()`. */
export function openDatabase(url: string, limits: ConnectionLimits): Kysely<Database> {
  return onPool(openPool(url, limits));
}

export function onPool(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Connections that are opened when they are needed. */
export function openPool(url: string, limits: ConnectionLimits): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url, limits), max: poolMax });
  // A server process that dies reports on its client, in use or not; unheard, that would end this
  // process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  return pool;
}
