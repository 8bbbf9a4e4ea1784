import { Socket } from 'node:net';
import pg from 'pg';
import { readDatabaseAddress } from './database-address.ts';

/** A host that has not said by then whether it takes writes is passed over, ms. */
const PROBE_MS = 1_500;

/**
 * How to connect to DATABASE_URL. With several hosts each new connection goes to the one that takes writes at
 * that moment, so an engine follows a failover as soon as its old connections are gone. All hosts are asked
 * at once; that only one of them takes writes is the business of whoever promotes them.
 */
export function clientConfig(url: string): pg.ClientConfig {
  const { urls } = readDatabaseAddress(url) ?? { urls: [url] };
  const [first = url] = urls;
  if (urls.length === 1) return { connectionString: first };
  return { connectionString: first, stream: () => socketToPrimary(urls) };
}

/** Connects for one task. @throws errors of the driver */
export async function withClient<T>(
  url: string,
  task: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...clientConfig(url), application_name: `yikatong-${task}` });
  // A server process that dies reports on the client; unheard, that would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** No host of the address takes writes; the code is PostgreSQL's for a read-only transaction. */
class NoPrimary extends Error {
  override readonly name = 'NoPrimary';
  readonly code = '25006';
}

/** A socket that finds out where to connect to once the driver asks it to. */
function socketToPrimary(urls: readonly string[]): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  socket.connect = () => {
    findPrimary(urls).then(
      ({ host, port }) => {
        // The driver may have given up meanwhile.
        if (!socket.destroyed) connect(port, host);
      },
      (error: unknown) => socket.destroy(error instanceof Error ? error : new NoPrimary()),
    );
    return socket;
  };
  return socket;
}

type Host = { readonly host: string; readonly port: number };

async function findPrimary(urls: readonly string[]): Promise<Host> {
  try {
    return await Promise.any(urls.map(askForWrites));
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    // A host that answers and takes no writes says more than one that is away.
    throw errors.find((one) => one instanceof NoPrimary) ?? errors[0];
  }
}

/** @throws NoPrimary when the host is a standby; errors of the driver when it is away or refuses the login */
async function askForWrites(url: string): Promise<Host> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'yikatong-hosts',
    connectionTimeoutMillis: PROBE_MS,
    query_timeout: PROBE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ transaction_read_only: string }>(
      'show transaction_read_only',
    );
    if (rows[0]?.transaction_read_only !== 'off') throw new NoPrimary('the host takes no writes');
    return { host: client.host, port: client.port };
  } finally {
    client.end().catch(() => undefined);
  }
}
