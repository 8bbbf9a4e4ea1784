import pg from 'pg';
import { clientConfig } from '../../ops/postgres/client-config.ts';

export type ConnectionLimits = {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
};

/** One connection of the hot path, opened when it is first needed and again after it was lost. */
export type PipelinedConnection = {
  /** The live client; connects if there is none. Rejects when the database cannot be reached. */
  client(): Promise<pg.Client>;
  /** Forgets a client that failed; its transaction, if any, is the server's to roll back. */
  drop(client: pg.Client): void;
  close(): Promise<void>;
};

/** int8 as bigint, for the store's own connections only: other users of pg keep their parsers. */
export const storeTypes = new pg.TypeOverrides();
storeTypes.setTypeParser(pg.types.builtins.INT8, (text: string) => BigInt(text));

/** Of every connection of the store. The server keeps these limits even when this process hangs. */
export function connectionConfig(url: string, limits: ConnectionLimits): pg.ClientConfig {
  return {
    ...clientConfig(url),
    application_name: 'yikatong',
    types: storeTypes,
    keepAlive: true,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    idle_in_transaction_session_timeout: limits.statementTimeoutMs,
    // A partition gives no answer and no error; the server's own limit comes first.
    query_timeout: limits.statementTimeoutMs + limits.connectTimeoutMs,
  };
}

/** Settings of a hot session: statements are planned once, not at every use, and by index. */
export const planSettings = `
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set jit = off`;

/**
 * How long a plan lives. One that was made while a table was nearly empty may read the table from
 * end to end; it must not do so for long once the table grows.
 */
const planMs = 10_000;

/** A connection that sends queries without waiting for earlier ones (pipeline). */
export function createPipelinedConnection(
  url: string,
  limits: ConnectionLimits,
): PipelinedConnection {
  let current: { readonly client: pg.Client; readonly opened: Promise<void> } | undefined;
  let plannedAt = 0;

  function connect(): NonNullable<typeof current> {
    const client = new pg.Client({ ...connectionConfig(url, limits), pipeline: true });
    // A server process that dies reports on the client; unheard, that would end this process.
    client.on('error', () => forget(client));
    client.on('end', () => forget(client));
    const opened = client.connect().then(async () => {
      await client.query(planSettings);
      plannedAt = performance.now();
    });
    opened.catch(() => forget(client));
    return { client, opened };
  }

  function forget(client: pg.Client): void {
    if (current?.client === client) current = undefined;
  }

  return {
    async client() {
      current ??= connect();
      const { client, opened } = current;
      await opened;
      if (performance.now() - plannedAt > planMs) {
        plannedAt = performance.now();
        // Goes ahead of the caller's queries, unawaited; if it fails, so do they.
        client.query('discard plans').catch(() => undefined);
      }
      return client;
    },
    drop(client) {
      forget(client);
      // It may be broken already, which is as good as ended.
      client.end().catch(() => undefined);
    },
    async close() {
      const last = current?.client;
      current = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}
