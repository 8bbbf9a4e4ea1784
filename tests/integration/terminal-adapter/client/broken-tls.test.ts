/** Goal: whatever the network does to a TLS connection, a request that has arrived is never called unsent. */
import { once } from 'node:events';
import { createServer, type Server as HttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer as createRelay, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  certifyServer,
  createAuthority,
} from '../../../../engine/sandbox/certificates/authority.ts';
import { createTlsFetch } from '../../../../terminal-adapter/client/tls-fetch.ts';
import { exchangeOnce } from '../../../../terminal-adapter/client/transport.ts';

const validity = { from: Date.now() - 3_600_000, days: 2 };
const authority = await createAuthority('test', validity);
const identity = await certifyServer(authority, ['127.0.0.1'], validity);
const open: (HttpsServer | Server)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(server: HttpsServer | Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function httpsServer(options: ServerOptions, onRequest: Parameters<typeof createServer>[1]) {
  return createServer({ cert: identity.certificate, key: identity.key, ...options }, onRequest);
}

function send(port: number, tls: Parameters<typeof createTlsFetch>[0] = {}) {
  const trusted = createTlsFetch({ authority: authority.certificate, ...tls });
  const url = new URL(`https://127.0.0.1:${port}/v1/settlements`);
  const request = { method: 'POST', headers: {}, body: '{}', timeoutMs: 5_000 };
  return exchangeOnce(trusted, url, request);
}

/** Records that no key of the connection has made: a wrong check value, too long, of another version. */
const forged = ['1703030020', '1703034900', '1704000020'];

test.each(
  forged.flatMap((head) => (['TLSv1.2', 'TLSv1.3'] as const).map((v) => [head, v] as const)),
)(
  'a record %s forged behind the request (%s) leaves the outcome unknown: the request has arrived',
  async (head, version) => {
    const arrived = Promise.withResolvers<void>();
    const options = { minVersion: version, maxVersion: version };
    const port = await listen(httpsServer(options, () => arrived.resolve()));
    const record = Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(32, 7)]);
    const relay = createRelay((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far).pipe(near);
      void arrived.promise.then(() => far.write(record));
    });
    expect(await send(await listen(relay))).toEqual({ kind: 'unknown' });
    await arrived.promise;
  },
);

test('an engine whose authority is not known: nothing was sent', async () => {
  const other = await createAuthority('other', validity);
  let requests = 0;
  const server = httpsServer({}, () => {
    requests += 1;
  });
  const answer = await send(await listen(server), { authority: other.certificate });
  expect(answer).toEqual({ kind: 'unreachable' });
  expect(requests).toBe(0);
});

test('an answer that may have no body is read as one without', async () => {
  const port = await listen(httpsServer({}, (_, answer) => void answer.writeHead(204).end()));
  expect(await send(port)).toMatchObject({ kind: 'answered', status: 204, body: '' });
});

test('an answer without end is given up, and not kept', async () => {
  const piece = Buffer.alloc(1024 * 1024, 0x20);
  const server = httpsServer({}, (_, answer) => {
    answer.on('error', () => undefined);
    const more = (): void => {
      while (!answer.destroyed && answer.write(piece));
    };
    answer.on('drain', more);
    more();
  });
  const started = performance.now();
  expect(await send(await listen(server))).toEqual({ kind: 'unknown' });
  expect(performance.now() - started).toBeLessThan(4_000);
});
