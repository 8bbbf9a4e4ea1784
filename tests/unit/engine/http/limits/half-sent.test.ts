// Goal: who begins a request and does not end it pays for that alone: no place is taken for it, an address
// that has too many loses its own oldest one, and a stop does not wait for it.
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import type { HttpSettings } from '../../../../../engine/http/settings.ts';
import { defaultHttpSettings } from '../../../../../engine/http/settings.ts';
import type { Harness } from '../http-harness.ts';
import { answer, createHarness, settlement, signedHeaders, startedAt } from '../http-harness.ts';

const closes: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** One place inside, and none to wait in: a single request that took it would be noticed. */
const oneplace = { queueMin: 0, waitMaxMs: 0, queueMax: 0, perTurnMax: 8, runningMax: 1 };

async function listen(settings: Partial<HttpSettings>, flows = {}) {
  const harness = await createHarness({ settings: { loadLimits: oneplace, ...settings }, flows });
  await harness.app.listen({ host: '127.0.0.1', port: 0 });
  closes.push(() => harness.app.close());
  return { harness, port: (harness.app.server.address() as AddressInfo).port };
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  closes.push(() => void socket.destroy());
  return socket;
}

const begun = [
  'POST /v1/settlements HTTP/1.1',
  ...['host: x', 'content-type: application/json', 'content-length: 9', '', '{'],
].join('\r\n');

async function openHalfSent(port: number, text = begun): Promise<Socket> {
  const socket = open(port);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Also when it is cut off with a reset. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

async function sell(port: number, url = '/v1/settlements'): Promise<number> {
  const body = JSON.stringify(settlement);
  const request = { method: 'POST', url, body } as const;
  const headers = signedHeaders(request, startedAt);
  return (await fetch(`http://127.0.0.1:${port}${request.url}`, { ...request, headers })).status;
}

test('twenty half-sent settlements take no place of a whole one', async () => {
  const { harness, port } = await listen({});
  await Promise.all(Array.from({ length: 20 }, () => openHalfSent(port)));
  await sleep(50);
  expect(await sell(port)).toBe(200);
  expect(harness.calls).toEqual(['settle']);
});

test('a settlement that comes in pieces is settled once its last byte is there', async () => {
  const { harness, port } = await listen({});
  const body = JSON.stringify(settlement);
  const headers = signedHeaders({ method: 'POST', url: '/v1/settlements', body }, startedAt);
  const head = Object.entries({ host: 'x', 'transfer-encoding': 'chunked', ...headers });
  const socket = open(port);
  socket.write(
    `POST /v1/settlements HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  const bytes = Buffer.from(body);
  for (const part of [bytes.subarray(0, 40), bytes.subarray(40)]) {
    await sleep(30);
    expect(harness.calls).toEqual([]);
    socket.write(`${part.length.toString(16)}\r\n`);
    socket.write(part);
    socket.write('\r\n');
  }
  socket.write('0\r\n\r\n');
  const [received] = await once(socket, 'data');
  expect(String(received)).toMatch(/^HTTP\/1\.1 200 /);
  expect(harness.calls).toEqual(['settle']);
});

test('an address that leaves too many requests unfinished loses its oldest', async () => {
  const { port } = await listen({
    connectionLimits: { ...defaultHttpSettings.connectionLimits, halfSentPerAddressMax: 3 },
  });
  const first = await openHalfSent(port);
  const lost = closed(first);
  const others: Socket[] = [];
  for (let at = 0; at < 3; at++) others.push(await openHalfSent(port));
  await lost;
  // The one that sells is the fourth, so the second goes; it was never the turn of the one that sells.
  expect(await sell(port)).toBe(200);
  expect(others.filter(({ closed }) => closed)).toHaveLength(1);
});

test('half-sent bodies together hold no more memory than is allowed', async () => {
  const { port } = await listen({
    connectionLimits: { ...defaultHttpSettings.connectionLimits, halfSentBytesMax: 100_000 },
  });
  const large = begun.replace('content-length: 9', 'content-length: 200000');
  const first = await openHalfSent(port, `${large}${'x'.repeat(60_000)}`);
  const lost = closed(first);
  await sleep(30);
  const second = await openHalfSent(port, `${large}${'x'.repeat(60_000)}`);
  await lost;
  expect(second.closed).toBe(false);
  expect(await sell(port)).toBe(200);
});

test('an address with too many connections loses one that rests, not one that is served', async () => {
  const gate = Promise.withResolvers<undefined>();
  const settle = async () => {
    await gate.promise;
    return { answer: answer(200, { outcome: 'approved' }), isReplay: false };
  };
  const { harness, port } = await listen(
    { connectionLimits: { ...defaultHttpSettings.connectionLimits, perAddressMax: 2 } },
    { settle },
  );
  const served = sell(port);
  await expect.poll(() => harness.calls).toEqual(['settle']);
  const resting = await openHalfSent(port);
  const lost = closed(resting);
  await openHalfSent(port);
  await lost;
  gate.resolve(undefined);
  expect(await served).toBe(200);
});

test('an address with too many connections loses the one that was unused longest, not the newest', async () => {
  const { port } = await listen({
    connectionLimits: { ...defaultHttpSettings.connectionLimits, perAddressMax: 2 },
  });
  const ask = async (socket: Socket) => {
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
  };
  const [first, second] = [open(port), open(port)];
  for (const socket of [first, second, first]) await ask(socket);
  const lost = closed(second);
  expect(await sell(port)).toBe(200);
  await lost;
  expect(first.closed).toBe(false);
});

async function stopTime(app: Harness['app']): Promise<number> {
  const began = performance.now();
  await app.close();
  return performance.now() - began;
}

test('a half-sent request delays a stop by the grace period and no longer', async () => {
  const { harness, port } = await listen({ stopGraceMs: 200 });
  await openHalfSent(port);
  await openHalfSent(port, 'POST /v1/settl');
  await sleep(50);
  expect(await stopTime(harness.app)).toBeLessThan(1_500);
});

test('nor does an answer that nobody takes', async () => {
  const read = async () => answer(200, { outcome: 'approved', text: 'x'.repeat(20_000_000) });
  const { harness, port } = await listen({ stopGraceMs: 200 }, { read });
  const request = { method: 'GET', url: '/v1/settlements/00JC0000000000000000000000J0' } as const;
  const head = Object.entries({ host: 'x', ...signedHeaders(request, startedAt) });
  const socket = open(port).pause();
  socket.write(
    `GET ${request.url} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  await expect.poll(() => harness.calls).toEqual(['read']);
  await sleep(50);
  expect(await stopTime(harness.app)).toBeLessThan(1_500);
});

test('a stop waits for what is being settled', async () => {
  const gate = Promise.withResolvers<undefined>();
  const settle = async () => {
    await gate.promise;
    return { answer: answer(200, { outcome: 'approved' }), isReplay: false };
  };
  const { harness, port } = await listen({ stopGraceMs: 50 }, { settle });
  const served = sell(port);
  await expect.poll(() => harness.calls).toEqual(['settle']);
  const stopped = harness.app.close();
  await sleep(300);
  gate.resolve(undefined);
  expect(await served).toBe(200);
  await stopped;
});

test('a terminal that sends without end is refused beyond its share; others are served', async () => {
  const gate = Promise.withResolvers<undefined>();
  const settle = async () => {
    await gate.promise;
    return { answer: answer(200, { outcome: 'approved' }), isReplay: false };
  };
  const { harness, port } = await listen(
    { terminalRequestsMax: 2, loadLimits: defaultHttpSettings.loadLimits },
    { settle },
  );
  const two = [sell(port), sell(port)];
  await expect.poll(() => harness.calls).toHaveLength(2);
  expect(await sell(port)).toBe(503);
  // The same route in another spelling.
  expect(await sell(port, '/v1/%73ettlements')).toBe(503);
  const enquiry = {
    method: 'GET',
    url: '/v1/settlements?requestKey=sale-0000000000000001',
  } as const;
  const headers = signedHeaders(enquiry, startedAt);
  expect((await fetch(`http://127.0.0.1:${port}${enquiry.url}`, { headers })).status).toBe(200);
  gate.resolve(undefined);
  expect(await Promise.all(two)).toEqual([200, 200]);
  expect(await sell(port)).toBe(200);
});
