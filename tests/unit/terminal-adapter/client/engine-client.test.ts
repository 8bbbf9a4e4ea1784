// Goal: the terminal says "approved" only when the engine approved exactly this request. Everything that
// can happen to an answer on its way makes the outcome unknown, never approved and never declined.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { problemBody } from '../../../../engine/base/errors/problem.ts';
import type { SettlementRequest } from '../../../../engine/contract/settlement.ts';
import { verifyCertificate } from '../../../../terminal-adapter/client/certificate.ts';
import { createEngineClient } from '../../../../terminal-adapter/client/engine-client.ts';
import {
  answer,
  answerPublicKey,
  createHarness,
  devicePrivateKey,
  type HarnessOptions,
  masterKey,
  settlement,
  terminalId,
} from '../../engine/http/http-harness.ts';
import { createTerminal, type Tamper } from './terminal-harness.ts';

const request: SettlementRequest = {
  ...settlement,
  bill: { ...settlement.bill, careType: '41' },
  tender: { kind: 'cash' },
};
const unknown = { kind: 'unknown', refusal: undefined };
const key = { keyId: 'A1', algorithm: 'ed25519', publicKey: answerPublicKey } as const;

async function signedIn(options: HarnessOptions = {}) {
  const harness = await createHarness(options);
  const terminal = createTerminal(harness);
  expect((await terminal.client.signIn()).kind).toBe('approved');
  return { harness, ...terminal };
}

function answering(status: number, body: object): HarnessOptions {
  const settle = async () => ({ answer: answer(status, body), isReplay: false });
  return { flows: { settle } };
}

function withHeaders(response: Response, change: (headers: Headers) => void): Promise<Response> {
  const headers = new Headers(response.headers);
  change(headers);
  return response.text().then((body) => new Response(body, { status: response.status, headers }));
}

test('an approval comes with a certificate that anybody can check later', async () => {
  const { client } = await signedIn();
  const result = await client.settle(request);
  expect(result).toMatchObject({ kind: 'approved', body: { outcome: 'approved' } });
  if (result.kind !== 'approved') throw new Error('not approved');
  const { certificate } = result;
  expect(verifyCertificate(certificate, key)).toBe(true);
  const forged = { ...certificate, body: certificate.body.replace('approved', 'declined') };
  expect(verifyCertificate(forged, key)).toBe(false);
  expect(verifyCertificate({ ...certificate, status: 422 }, key)).toBe(false);
  expect(verifyCertificate(certificate, { ...key, publicKey: 'AAAA' })).toBe(false);
});

test('nothing but a sign-in is sent before the sign-in', async () => {
  const { client, log } = createTerminal(await createHarness());
  expect(await client.settle(request)).toMatchObject({
    kind: 'declined',
    code: 'TERMINAL_NOT_SIGNED_IN',
  });
  expect(log).toEqual([]);
});

describe('an answer that nobody vouches for is an unknown outcome', () => {
  const tampers: readonly (readonly [string, Tamper])[] = [
    ['no signature', (r) => withHeaders(r, (h) => h.delete('signature'))],
    ['no digest', (r) => withHeaders(r, (h) => h.delete('content-digest'))],
    [
      'a signature of zeros',
      (r) =>
        withHeaders(r, (h) => h.set('signature', `y=:${Buffer.alloc(64).toString('base64')}:`)),
    ],
    [
      'fewer components',
      (r) =>
        withHeaders(r, (h) => h.set('signature-input', 'y=("@status");keyid="A1";alg="ed25519"')),
    ],
    [
      'another key id',
      (r) =>
        withHeaders(r, (h) =>
          h.set('signature-input', (h.get('signature-input') ?? '').replace('A1', 'A2')),
        ),
    ],
    [
      'another status',
      async (r) => new Response(await r.text(), { status: 201, headers: r.headers }),
    ],
    [
      'another body',
      async (r) => new Response((await r.text()).replace('approved', 'declined'), r),
    ],
    ['an HTML page of a proxy', () => new Response('<html>504</html>', { status: 504 })],
    ['an unsigned decline', () => Response.json(problemBody('CARD_EXPIRED'), { status: 422 })],
    [
      'an unsigned "not signed in"',
      () => Response.json(problemBody('TERMINAL_NOT_SIGNED_IN'), { status: 401 }),
    ],
    [
      'a broken connection',
      () => {
        throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
      },
    ],
    [
      'a time-out',
      () => {
        throw new DOMException('timed out', 'TimeoutError');
      },
    ],
  ];

  test.each(tampers)('%s', async (_name, tamper) => {
    const terminal = await signedIn();
    terminal.tamper.current = tamper;
    expect(await terminal.client.settle(request)).toEqual(unknown);
  });

  test('the approval of another sale', async () => {
    const terminal = await signedIn();
    let kept: Response | undefined;
    terminal.tamper.current = (response) => {
      kept ??= response.clone();
      return response;
    };
    expect((await terminal.client.settle(request)).kind).toBe('approved');
    terminal.tamper.current = () => kept ?? new Response();
    const other = { ...request, requestKey: 'sale-0000000000000002' };
    expect(await terminal.client.settle(other)).toEqual(unknown);
  });
});

describe('what the engine signed', () => {
  test.each(['CARD_EXPIRED', 'PIN_WRONG', 'BUSY'] as const)('%s: declined', async (code) => {
    const problem = problemBody(code);
    const { client } = await signedIn(answering(problem.status, problem));
    expect(await client.settle(request)).toMatchObject({
      kind: 'declined',
      code,
      refusal: { retry: problem.retry },
    });
  });

  test.each(['INTERNAL', 'OUTCOME_NOT_KNOWN_YET', 'KEY_IN_PROGRESS', 'KEY_REUSED'] as const)(
    '%s: unknown',
    async (code) => {
      const problem = problemBody(code);
      const { client } = await signedIn(answering(problem.status, problem));
      expect(await client.settle(request)).toMatchObject({ kind: 'unknown', refusal: { code } });
    },
  );

  test('202: unknown', async () => {
    const { client } = await signedIn(
      answering(202, { outcome: 'unknown', code: 'BANK_OUTCOME_UNKNOWN' }),
    );
    expect(await client.settle(request)).toMatchObject({ kind: 'unknown' });
  });

  test('a copy of our request that was sent before us: unknown, since it may have been approved', async () => {
    const terminal = await signedIn();
    const { app } = terminal.harness;
    terminal.tamper.current = async (_response, { url, init }) => {
      const headers = { ...(init.headers as Record<string, string>) };
      const second = await app.inject({ method: 'POST', url, headers, payload: String(init.body) });
      return new Response(second.body, {
        status: second.statusCode,
        headers: Object.entries(second.headers).map(([name, value]) => [name, String(value)]),
      });
    };
    expect(await terminal.client.settle(request)).toMatchObject({
      kind: 'unknown',
      refusal: { code: 'REQUEST_REPLAYED' },
    });
  });

  test('a released settlement that is read: declined; one that is being reversed: unknown', async () => {
    const id = '0701JDFQ8000A1B2C3D4E5F6G7H8';
    for (const outcome of ['declined', 'unknown'] as const) {
      const read = async () => answer(200, { outcome });
      const { client } = await signedIn({ flows: { read } });
      expect((await client.settlement(id)).kind).toBe(outcome);
    }
  });
});

describe('the clock of the terminal', () => {
  test.each([-86_400_000, 3_600_000])(
    '%i ms off: corrected by the engine, one try more',
    async (off) => {
      const { client, clock, log } = createTerminal(await createHarness());
      clock.at += off;
      expect((await client.signIn()).kind).toBe('approved');
      expect(log.length).toBe(2);
      expect((await client.settle(request)).kind).toBe('approved');
      expect(log.length).toBe(3);
    },
  );

  test('it drifts after the sign-in: the same bytes are sent again', async () => {
    const { client, clock, log } = await signedIn();
    clock.at += 600_000;
    expect((await client.settle(request)).kind).toBe('approved');
    expect(log[1]?.init.body).toBe(log[2]?.init.body);
  });

  test('an engine that is busy for the second copy has said nothing of the first', async () => {
    const problem = problemBody('BUSY');
    const { client, clock } = await signedIn(answering(problem.status, problem));
    clock.at += 600_000;
    expect(await client.settle(request)).toMatchObject({ kind: 'declined', code: 'REQUEST_STALE' });
  });

  test('an engine that calls every time stale is not asked for ever', async () => {
    const problem = {
      ...problemBody('REQUEST_STALE'),
      serverTime: '2026-11-22T08:00:00.000+08:00',
    };
    const { client, log } = await signedIn(answering(401, problem));
    expect(await client.settle(request)).toMatchObject({ kind: 'declined', code: 'REQUEST_STALE' });
    expect(log.length).toBe(3);
  });
});

describe('sign-in', () => {
  test('another answer key than the trusted one is not believed', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const other = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const harness = await createHarness();
    const { client } = createTerminal(harness, { trustedAnswerKey: { ...key, publicKey: other } });
    expect(await client.signIn()).toEqual(unknown);
  });

  test('the engine may have changed to the key that the terminal was given as the next', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const old = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const trustedAnswerKey = { ...key, keyId: 'A0', publicKey: old };
    const harness = await createHarness();
    const { client } = createTerminal(harness, { trustedAnswerKey, nextAnswerKey: key });
    expect((await client.signIn()).kind).toBe('approved');
    expect(await client.settle(request)).toMatchObject({ certificate: { answerKeyId: 'A1' } });
  });

  test('keys wrapped under another master key are not used', async () => {
    const harness = await createHarness();
    const { client } = createTerminal(harness, {
      terminal: { terminalId, privateKey: devicePrivateKey, masterKey: 'FF'.repeat(16) },
    });
    expect(await client.signIn()).toEqual(unknown);
    expect(await client.settle(request)).toMatchObject({ code: 'TERMINAL_NOT_SIGNED_IN' });
  });
});

describe('over a socket', () => {
  const clientAt = (baseUrls: string | [string, string], timeoutMs = 5_000) =>
    createEngineClient({
      baseUrls: typeof baseUrls === 'string' ? [baseUrls] : baseUrls,
      terminal: { terminalId, privateKey: devicePrivateKey, masterKey },
      clock: {
        now: () => Date.parse('2026-11-22T08:00:00+08:00'),
        randomBytes: (count) => Buffer.alloc(count, ++nonce),
      },
      timeoutMs,
    });
  let nonce = 0;

  test('sign-in and sale', async () => {
    const { app } = await createHarness();
    const client = clientAt(await app.listen({ port: 0, host: '127.0.0.1' }));
    expect((await client.signIn()).kind).toBe('approved');
    expect((await client.settle(request)).kind).toBe('approved');
    await app.close();
  });

  test('nobody listens: unreachable, so certainly nothing was sent', async () => {
    const { app } = await createHarness();
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    await app.close();
    expect(await clientAt(address).signIn()).toEqual({ kind: 'unreachable' });
  });

  test('an engine that takes the request and is silent: unknown', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    expect(await clientAt(`http://127.0.0.1:${address.port}`, 50).signIn()).toEqual(unknown);
    silent.closeAllConnections();
    silent.close();
  });

  test('of two engines the other one serves when nobody listens at the first', async () => {
    const [{ app: gone }, { app }] = [await createHarness(), await createHarness()];
    const first = await gone.listen({ port: 0, host: '127.0.0.1' });
    await gone.close();
    const second = await app.listen({ port: 0, host: '127.0.0.1' });
    const client = clientAt([first, second]);
    expect((await client.signIn()).kind).toBe('approved');
    expect((await client.settle(request)).kind).toBe('approved');
    await app.close();
    expect(await clientAt([first, second]).signIn()).toEqual({ kind: 'unreachable' });
  });

  test('after a silence the next request goes to the other engine; nothing is sent twice', async () => {
    const seen: string[] = [];
    const silent = createServer((socket) => socket.on('data', () => seen.push('silent')));
    silent.listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { app } = await createHarness();
    app.server.on('request', () => seen.push('other'));
    const other = await app.listen({ port: 0, host: '127.0.0.1' });
    const client = clientAt([`http://127.0.0.1:${address.port}`, other], 200);
    expect(await client.signIn()).toEqual(unknown);
    expect(seen).toEqual(['silent']);
    expect((await client.signIn()).kind).toBe('approved');
    expect((await client.settle(request)).kind).toBe('approved');
    expect(seen).toEqual(['silent', 'other', 'other']);
    await app.close();
    silent.closeAllConnections();
    silent.close();
  });
});
