// Goal: a terminal reaches the engine that serves the person, whichever it asks, and is never sent anywhere by
// somebody who cannot sign.
import { afterEach, expect, test } from 'vitest';

import { problemBody } from '../../../../engine/base/errors/problem.ts';
import { createEngineClient } from '../../../../terminal-adapter/client/engine-client.ts';
import type { EngineResult } from '../../../../terminal-adapter/client/engine-result.ts';
import { ownerAddress } from '../../../../terminal-adapter/client/owner-address.ts';
import type { SettleRequest } from '../../../../terminal-adapter/client/wire.ts';
import {
  answer,
  createHarness,
  devicePrivateKey,
  type HarnessOptions,
  masterKey,
  settlement,
  startedAt,
  terminalId,
} from '../../engine/http/http-harness.ts';

const request: SettleRequest = {
  ...settlement,
  bill: { ...settlement.bill, careType: '41' },
  tender: { kind: 'cash' },
};
let stops: (() => Promise<unknown>)[] = [];
let nonce = 0;
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
});

async function listen(options: HarnessOptions = {}) {
  const { app, calls } = await createHarness(options);
  stops.push(() => app.close());
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), calls, close: () => app.close() };
}

/** An engine that sends everybody to the addresses, one after the other. */
async function listenElsewhere(addresses: readonly string[]) {
  const asked: string[] = [];
  const settle = async () => {
    const address = addresses[Math.min(asked.length, addresses.length - 1)] ?? '';
    asked.push(address);
    const elsewhere = problemBody('SERVED_ELSEWHERE', { address });
    return { answer: answer(409, elsewhere), isReplay: false };
  };
  return { ...(await listen({ operations: { settle } })), asked };
}

async function clientOf(url: string) {
  const client = createEngineClient({
    baseUrls: [url],
    terminal: { terminalId, privateKey: devicePrivateKey, masterKey },
    clock: { now: () => startedAt, randomBytes: (count) => Buffer.alloc(count, ++nonce) },
    timeoutMs: 5_000,
  });
  expect((await client.signIn()).kind).toBe('approved');
  return client;
}

const elsewhere = { kind: 'declined', code: 'SERVED_ELSEWHERE', refusal: { retry: 'same-key' } };

test('it is sent to the owner, and begins where it did before', async () => {
  const owner = await listen();
  const first = await listenElsewhere([owner.url]);
  const client = await clientOf(first.url);
  expect((await client.settle(request)).kind).toBe('approved');
  expect((await client.settle(request)).kind).toBe('approved');
  expect(first.asked).toEqual([owner.url, owner.url]);
});

test('the owner is gone: nothing was done, and the same key may come again', async () => {
  const owner = await listen();
  const first = await listenElsewhere([owner.url]);
  const client = await clientOf(first.url);
  await owner.close();
  expect(await client.settle(request)).toMatchObject(elsewhere);
});

test('the owner changes while it is asked: the next one is asked', async () => {
  const owner = await listen();
  const second = await listenElsewhere([owner.url]);
  const first = await listenElsewhere([second.url]);
  const client = await clientOf(first.url);
  expect((await client.settle(request)).kind).toBe('approved');
});

test('two engines that send it to each other are not asked for ever', async () => {
  const addresses: string[] = [];
  const first = await listenElsewhere(addresses);
  const second = await listenElsewhere([first.url]);
  addresses.push(second.url);
  const client = await clientOf(first.url);
  expect(await client.settle(request)).toMatchObject(elsewhere);
  expect([first.asked.length, second.asked.length]).toEqual([2, 1]);
});

test('an outcome that the owner does not know is unknown', async () => {
  const unknown = { outcome: 'unknown', code: 'BANK_OUTCOME_UNKNOWN' };
  const settle = async () => ({ answer: answer(202, unknown), isReplay: false });
  const owner = await listen({ operations: { settle } });
  const client = await clientOf((await listenElsewhere([owner.url])).url);
  expect((await client.settle(request)).kind).toBe('unknown');
});

test.each([
  ['http://a:1', 'http://b:2', 'http://b:2'],
  ['http://a:1', 'https://b', 'https://b'],
  ['https://a', 'https://b:8443', 'https://b:8443'],
  ['https://a', 'http://b:2', undefined],
  ['https://a', 'https://b/path?query', 'https://b'],
  ['http://a:1', 'ftp://b', undefined],
  ['http://a:1', 'b:8443', undefined],
  ['http://a:1', '', undefined],
])('known at %s, sent to %s: asks at %s', (from, address, asked) => {
  const certificate = {
    ...{ status: 409, body: '', requestSignature: '', answerKeyId: '', signature: '' },
  };
  const code = 'SERVED_ELSEWHERE';
  const refusal: EngineResult<never> = {
    ...{ kind: 'declined', code, refusal: { code, address }, certificate },
  };
  expect(ownerAddress(refusal, from)).toBe(asked);
  expect(ownerAddress({ ...refusal, certificate: undefined }, from)).toBeUndefined();
  expect(ownerAddress({ ...refusal, code: 'BUSY' }, from)).toBeUndefined();
});
