/** The engine over TLS: its own authority, client certificates, revocation while it runs, and the terminal's kit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CertifiedKey,
  certifyClient,
  certifyServer,
  createAuthority,
  listRevoked,
} from '../../engine/sandbox/certificates/authority.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { type ClientTls, createTlsFetch } from '../../terminal-adapter/client/tls-fetch.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import { type RunningSystem, startSystem } from '../support/running-system/running-system.ts';

const validity = { from: Date.now() - 3_600_000, days: 2 };
let system: RunningSystem;
let authority: CertifiedKey;
let folder: string;
const clients = new Map<string, CertifiedKey>();
const pathOf = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-tls-'));
  authority = await createAuthority('test', validity);
  const server = await certifyServer(authority, ['localhost', '127.0.0.1'], validity);
  for (const name of ['shop-1', 'shop-2']) {
    clients.set(name, await certifyClient(authority, name, validity));
  }
  writeFileSync(pathOf('server.pem'), server.certificate);
  writeFileSync(pathOf('server-key.pem'), server.key);
  writeFileSync(pathOf('authority.pem'), authority.certificate);
  writeFileSync(pathOf('revocations.pem'), await listRevoked(authority, [], validity));
  system = await startSystem({
    environment: {
      YIKATONG_TLS_CERTIFICATE: pathOf('server.pem'),
      YIKATONG_TLS_KEY: pathOf('server-key.pem'),
      YIKATONG_TLS_CLIENT_AUTHORITY: pathOf('authority.pem'),
      YIKATONG_TLS_REVOCATIONS: pathOf('revocations.pem'),
    },
  });
});
afterAll(async () => {
  await system?.close();
  rmSync(folder, { recursive: true, force: true });
});

function tlsOf(name: string, change: Partial<ClientTls> = {}) {
  const { certificate, key } = clients.get(name) ?? {};
  return createTlsFetch({ authority: authority.certificate, certificate, key, ...change });
}

const isLetIn = async (fetchOf: typeof fetch) => {
  const url = new URL('/health/live', system.url());
  return fetchOf(url).then(
    ({ status }) => status === 200,
    () => false,
  );
};

test('a counter with a certificate sells', async () => {
  expect(system.url()).toMatch(/^https:/);
  const counter = await openCounter(system, sandboxTerminals.dongguanPharmacy, {
    fetch: tlsOf('shop-1'),
  });
  expect(codeOf(await counter.sell(await system.enrol()))).toBe('approved');
  counter.close();
});

test('nobody is let in without a certificate, or with one of another authority', async () => {
  expect(await isLetIn(tlsOf('shop-1'))).toBe(true);
  expect(await isLetIn(tlsOf('nobody'))).toBe(false);
  const other = await createAuthority('other', validity);
  const foreign = await certifyClient(other, 'shop-1', validity);
  const { certificate, key } = foreign;
  expect(await isLetIn(tlsOf('shop-1', { certificate, key }))).toBe(false);
});

test('a terminal does not speak to an engine whose authority it does not know', async () => {
  const other = await createAuthority('other', validity);
  expect(await isLetIn(tlsOf('shop-1', { authority: other.certificate }))).toBe(false);
});

test('a certificate that is revoked while the engine runs is out, others stay', async () => {
  const [first, second] = [tlsOf('shop-1'), tlsOf('shop-2')];
  expect([await isLetIn(first), await isLetIn(second)]).toEqual([true, true]);
  const revoked = [clients.get('shop-1')?.certificate ?? ''];
  writeFileSync(pathOf('revocations.pem'), await listRevoked(authority, revoked, validity));
  await expect.poll(() => isLetIn(first), { timeout: 12_000, interval: 500 }).toBe(false);
  expect(await isLetIn(second)).toBe(true);
});

test('files that do not fit together are not taken: the engine goes on with the old ones', async () => {
  writeFileSync(pathOf('server-key.pem'), 'not a key');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(await isLetIn(tlsOf('shop-2'))).toBe(true);
});
