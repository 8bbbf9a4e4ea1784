import { join } from 'node:path';
import pg from 'pg';
import type { Config } from '../config.ts';
import { toStartupError } from '../startup-error.ts';
import { clientConfig } from './client-config.ts';
import { checkDurability } from './durability-check.ts';
import { findRunningDatabase, startEmbeddedDatabase } from './embedded-database.ts';
import { checkEncoding } from './encoding-check.ts';
import { makeFolder } from './make-folder.ts';

/** A reachable, durable database. `stop` stops the server if it was started here. */
export type OpenDatabase = { readonly url: string; stop(): Promise<void> };

/**
 * Opens the database of DATABASE_URL, or starts the embedded one.
 * @throws StartupError when it cannot be reached or is not durable
 */
export async function openDatabase(
  config: Config,
  log: (line: string) => void,
): Promise<OpenDatabase> {
  makeFolder(config.dataDir);
  if (config.databaseUrl !== undefined)
    return checked(config.databaseUrl, config, async () => undefined);
  const { url, stop } = await startEmbeddedDatabase({ dataDir: databaseFolder(config), log });
  return checked(url, config, stop);
}

/**
 * Opens the database for one task and closes it again.
 * @param isBeside true: the task may run beside an engine and uses its embedded database; false: a folder
 *   in use is refused
 * @throws StartupError for every failure
 */
export async function withDatabase<T>(
  config: Config,
  use: (url: string) => Promise<T>,
  isBeside = false,
): Promise<T> {
  let database: OpenDatabase | undefined;
  try {
    const running = isBeside ? await findRunning(config) : undefined;
    database = running ?? (await openDatabase(config, () => undefined));
    return await use(database.url);
  } catch (error) {
    throw toStartupError(error);
  } finally {
    await database?.stop();
  }
}

async function findRunning(config: Config): Promise<OpenDatabase | undefined> {
  if (config.databaseUrl !== undefined) return undefined;
  makeFolder(config.dataDir);
  const url = await findRunningDatabase({ dataDir: databaseFolder(config), log: () => undefined });
  return url === undefined ? undefined : { url, stop: async () => undefined };
}

function databaseFolder({ dataDir }: Config): string {
  return join(dataDir, 'postgres');
}

async function checked(
  url: string,
  { databaseCopies }: Config,
  stop: () => Promise<void>,
): Promise<OpenDatabase> {
  const client = new pg.Client(clientConfig(url));
  try {
    await client.connect();
    await checkEncoding(client);
    await checkDurability(client, databaseCopies === 2 ? 2 : 1);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await client.end();
  }
  return { url, stop };
}
