// Goal: when there is too much to do, a terminal is told so at once, in an answer that it can trust, and
// what is begun already is finished.
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { ACCEPT_TREE } from '../../../../../engine/base/signatures/signature-base.ts';
import { certify } from '../../../../../terminal-adapter/client/certificate.ts';
import {
  answer,
  answerPublicKey,
  createHarness,
  settlement,
  signedHeaders,
  startedAt,
} from '../http-harness.ts';

type Busy = Awaited<ReturnType<typeof openBusyEngine>>;
let engine: Busy | undefined;
afterEach(async () => {
  engine?.finish();
  await engine?.close();
  engine = undefined;
});

/** An engine that has room for one sale, one that waits, and none beside them; both are there. */
async function openBusyEngine() {
  const gate = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  const harness = await createHarness({
    settings: {
      loadLimits: { queueMin: 0, waitMaxMs: 60_000, queueMax: 1, perTurnMax: 8, runningMax: 1 },
    },
    flows: {
      settle: async () => {
        begun.resolve(undefined);
        await gate.promise;
        return { answer: answer(200, { outcome: 'approved' }), isReplay: false };
      },
    },
  });
  await harness.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = harness.app.server.address() as AddressInfo;
  const ask = (method: 'GET' | 'POST', url: string, body?: object, extra = {}) => {
    const text = body && JSON.stringify(body);
    const request = { method, url, ...(text !== undefined && { body: text }) };
    const headers = { ...signedHeaders(request, startedAt), ...extra };
    return {
      headers: headers as Record<string, string>,
      response: fetch(`http://127.0.0.1:${port}${url}`, { ...request, headers }),
    };
  };
  const sell = (extra?: Record<string, string>) =>
    ask('POST', '/v1/settlements', settlement, extra);
  const first = sell().response;
  await begun.promise;
  // Of two that come now, one waits and the other is refused, in whatever order they arrive.
  const two = [sell().response, sell().response];
  const refused = await Promise.race(two);
  const finish = () => gate.resolve(undefined);
  const close = () => harness.app.close();
  return { ...{ ask, sell, first, two, refused, finish, close }, calls: harness.calls };
}

test('what is too much is refused at once, and those who wait are served', async () => {
  engine = await openBusyEngine();
  const { refused } = engine;
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({
    code: 'BUSY',
    moneyEffect: 'none',
    retry: 'same-key',
  });
  engine.finish();
  expect((await engine.first).status).toBe(200);
  const statuses = (await Promise.all(engine.two)).map(({ status }) => String(status));
  expect(new Set(statuses)).toEqual(new Set(['200', '503']));
  expect((await engine.sell().response).status).toBe(200);
});

test.each([
  ['the simple signature', {}],
  ['the signature under a common root', { 'accept-signature': ACCEPT_TREE }],
])('a refusal is bound to its request by %s', async (_name, extra) => {
  engine = await openBusyEngine();
  const { headers, response } = engine.sell(extra);
  const refused = await response;
  const given = (name: string) => refused.headers.get(name) ?? '';
  const received = {
    status: refused.status,
    body: await refused.text(),
    signatureInput: given('signature-input'),
    signature: given('signature'),
    contentDigest: given('content-digest'),
  };
  const key = { keyId: 'A1', algorithm: 'ed25519', publicKey: answerPublicKey } as const;
  const requestSignature = (headers['signature'] ?? '').slice(3, -1);
  expect(refused.status).toBe(503);
  expect(certify({ ...received, requestSignature }, key)).toBeDefined();
  const another = signedHeaders({ method: 'POST', url: '/v1/settlements' }, startedAt);
  const foreign = (another['signature'] ?? '').slice(3, -1);
  expect(certify({ ...received, requestSignature: foreign }, key)).toBeUndefined();
});

test('a refusal of who signs nothing is not signed', async () => {
  engine = await openBusyEngine();
  const refused = await engine.sell({ signature: 'y=:nothing:' }).response;
  expect(refused.status).toBe(503);
  expect(refused.headers.get('signature')).toBeNull();
});

test('enquiries and refunds pass the crowd', async () => {
  engine = await openBusyEngine();
  const enquiry = engine.ask('GET', '/v1/settlements?requestKey=sale-0000000000000001');
  expect((await enquiry.response).status).toBe(200);
  const url = '/v1/settlements/S00000000000000000000000000/refunds';
  const refund = await engine.ask('POST', url, { requestKey: 'refund-000000000001' }).response;
  expect(refund.status).not.toBe(503);
  const quote = await engine.ask('POST', '/v1/quotes', {}).response;
  expect(quote.status).toBe(503);
});
