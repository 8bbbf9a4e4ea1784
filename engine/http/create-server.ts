import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import type { HttpSettings } from './settings.ts';

/** PEM texts. With `ca` clients must show a certificate of one of these authorities; `crl`: which are revoked. */
export type TlsContext = {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly crl?: string;
};

export type ServerTls = {
  readonly context: TlsContext;
  /** Told what to call with a new context while the server runs. */
  readonly onServer: (replace: (context: TlsContext) => void) => void;
};

/** The server of the app: plain HTTP, or TLS 1.2 and later. */
export function createAppServer(
  settings: HttpSettings,
  tls: ServerTls | undefined,
  listener: RequestListener,
): Server {
  const options = {
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: settings.keepAliveTimeoutMs,
    maxHeaderSize: settings.headerBytesMax,
    headersTimeout: settings.requestTimeoutMs,
    // Interval of the check for slow senders; Node's default of 30 s would triple the time limit.
    connectionsCheckingInterval: 1_000,
  };
  if (tls === undefined) return createServer(options, listener);
  const { context } = tls;
  const asksClients = { requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer(
    {
      ...{ ...options, ...context, handshakeTimeout: settings.requestTimeoutMs },
      ...(context.ca !== undefined && asksClients),
    },
    listener,
  );
  tls.onServer((replacing) => {
    server.setSecureContext(replacing);
    // Who was let in by the old files shows its certificate again; what is being served is finished.
    server.closeIdleConnections();
  });
  return server;
}
