/** How terminals reach the engine: over TLS with files that may be replaced while it runs, or plainly. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { FlowLog } from '../flows/deps.ts';
import { type AppDeps, buildApp } from '../http/build-app.ts';
import type { ServerTls } from '../http/create-server.ts';
import { httpSettingsOf } from '../http/settings.ts';
import type { Config } from '../ops/config.ts';
import {
  contextOf,
  readTlsFiles,
  type TlsFiles,
  type TlsPaths,
  watchTlsFiles,
} from '../ops/tls-files.ts';

/**
 * Connections that the operating system queues before they are accepted. It drops more without an answer, and
 * the caller tries again after 1, 3 and 7 seconds; Node's default of 511 is a burst of half a second.
 */
const BACKLOG = 4_096;

/**
 * Builds the HTTP surface and serves it as the configuration says. `stops` gets what ends it.
 * @returns its address, with the port in use
 * @throws StartupError when the TLS files cannot be used
 */
export async function serveApp(
  config: Config,
  log: FlowLog,
  stops: (() => Promise<void>)[],
  deps: Omit<AppDeps, 'settings' | 'tls'>,
): Promise<string> {
  const transport = openTransport(config, log);
  stops.push(transport.close);
  const app = await buildApp({ ...deps, settings: httpSettingsOf(config), tls: transport.tls });
  stops.push(() => app.close());
  const { host, port } = config;
  const { addressOf } = transport;
  const listenTextResolver = (address: string) => `listening at ${addressOf(address)}`;
  return addressOf(await app.listen({ host, port, backlog: BACKLOG, listenTextResolver }));
}

type Transport = {
  /** Undefined: plain HTTP. */
  readonly tls: ServerTls | undefined;
  /** The address that the server has told, with the scheme that it serves. */
  addressOf(url: string): string;
  close(): Promise<void>;
};

type TlsConfig = Pick<
  Config,
  'host' | 'tlsCertificate' | 'tlsKey' | 'tlsClientAuthority' | 'tlsRevocations'
>;

/**
 * Reads and watches the files of the configuration, and says in the log what is served.
 * @throws StartupError when the files cannot be used
 */
export function openTransport(config: TlsConfig, log: FlowLog): Transport {
  const { tlsCertificate: certificate, tlsKey: key } = config;
  if (certificate === undefined || key === undefined) {
    if (!isLoopback(config.host)) log.warn('plain-http-exposed', { host: config.host });
    return { tls: undefined, addressOf: (url) => url, close: async () => undefined };
  }
  const { tlsClientAuthority: clientAuthority, tlsRevocations: revocations } = config;
  const paths: TlsPaths = { certificate, key, clientAuthority, revocations };
  const files = readTlsFiles(paths);
  tellLoaded(log, files);
  let stop: (() => void) | undefined;
  const onServer: ServerTls['onServer'] = (replace) => {
    stop = watchTlsFiles(paths, files, {
      onChange(changed) {
        replace(contextOf(changed));
        tellLoaded(log, changed);
      },
      onBad: (reason) => log.error('tls-files-rejected', { reason }),
    });
  };
  return {
    tls: { context: contextOf(files), onServer },
    addressOf: (url) => url.replace(/^http:/, 'https:'),
    close: async () => stop?.(),
  };
}

function tellLoaded(log: FlowLog, { cert, ca, crl }: TlsFiles): void {
  const validTo = new Date(new X509Certificate(cert).validTo).toISOString();
  const asksClients = ca !== undefined ? 'yes' : 'no';
  log.info('tls-files-loaded', {
    ...{ validTo, clientCertificates: asksClients, revocations: crl !== undefined ? 'yes' : 'no' },
  });
}

/** Only programs of the same machine reach it. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
