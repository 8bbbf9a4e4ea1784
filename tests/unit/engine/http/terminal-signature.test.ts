// Goal: nobody but the terminal itself, now and once, reaches an operation; and no answer can be taken
// for the answer to another request.
import { createHash, verify } from 'node:crypto';

import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';

import {
  ACCEPT_TREE,
  answerSignatureBase,
} from '../../../../engine/base/signatures/signature-base.ts';
import { certify } from '../../../../terminal-adapter/client/certificate.ts';
import {
  answerKey,
  answerPublicKey,
  createHarness,
  type HarnessOptions,
  type SignedRequest,
  send,
  settlement,
  signedHeaders,
  startedAt,
  terminalId,
} from './http-harness.ts';

const sale: SignedRequest = {
  method: 'POST',
  url: '/v1/settlements',
  body: JSON.stringify(settlement),
};

async function codeOf(
  request: SignedRequest,
  change: Record<string, string> = {},
  options: HarnessOptions = {},
) {
  const harness = await createHarness(options);
  const answer = await send(harness, request, change);
  expect(harness.calls).toEqual([]);
  return answer.json().code;
}

test('a signed sale reaches the engine', async () => {
  const harness = await createHarness();
  const answer = await send(harness, sale);
  expect(answer.statusCode).toBe(200);
  expect(harness.calls).toEqual(['settle']);
});

test('so does that of a terminal that signed in at another engine since it was read', async () => {
  const harness = await createHarness({ remembered: { session: undefined } });
  expect((await send(harness, sale)).statusCode).toBe(200);
  expect(harness.calls).toEqual(['settle']);
});

test('a signed enquiry by request key reaches the engine', async () => {
  const harness = await createHarness();
  const url = '/v1/settlements?requestKey=sale-0000000000000001';
  expect((await send(harness, { method: 'GET', url })).statusCode).toBe(200);
  expect(harness.calls).toEqual(['enquire']);
});

describe('a request that is not the terminal’s own is refused before any work', () => {
  test.each([
    ['a signature for another path', '/v1/quotes'],
    ['a signature for another query', '/v1/settlements?x=1'],
  ])('%s', async (_name, url) => {
    const foreign = signedHeaders({ ...sale, url }, startedAt);
    expect(await codeOf(sale, foreign)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('a signature for another method', async () => {
    const foreign = signedHeaders(
      { method: 'POST', url: '/v1/settlements?requestKey=sale-0000000000000001' },
      startedAt,
    );
    const request = {
      method: 'GET',
      url: '/v1/settlements?requestKey=sale-0000000000000001',
    } as const;
    expect(await codeOf(request, foreign)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('another body, whose digest was put right', async () => {
    const other = {
      ...sale,
      body: sale.body?.replace('"useAccount":true', '"useAccount":false') ?? '',
    };
    const { 'content-digest': digest = '' } = signedHeaders(other, startedAt);
    const foreign = { ...signedHeaders(sale, startedAt), 'content-digest': digest };
    expect(other.body).not.toBe(sale.body);
    expect(await codeOf(other, foreign)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('an enquiry that was turned to another key on its way', async () => {
    const asked = {
      method: 'GET',
      url: '/v1/settlements?requestKey=sale-0000000000000001',
    } as const;
    const turned = { ...asked, url: '/v1/settlements?requestKey=sale-0000000000000002' };
    expect(await codeOf(turned, signedHeaders(asked, startedAt))).toBe(
      'TERMINAL_SIGNATURE_INVALID',
    );
  });

  test('the same JSON with other white space', async () => {
    const foreign = signedHeaders(sale, startedAt);
    const respaced = { ...sale, body: JSON.stringify(settlement, undefined, 1) };
    expect(await codeOf(respaced, foreign)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('no signature at all', async () => {
    const change = { signature: '', 'signature-input': '' };
    expect(await codeOf(sale, change)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('a terminal that nobody registered', async () => {
    expect(await codeOf({ ...sale, keyId: 'T9999999' })).toBe('TERMINAL_UNKNOWN');
  });

  test('a terminal that has not signed in', async () => {
    const options = { terminal: { session: undefined } };
    expect(await codeOf(sale, {}, options)).toBe('TERMINAL_NOT_SIGNED_IN');
  });

  test('a sign-in of two days ago', async () => {
    const session = {
      signNo: 'S1',
      sealedPinKey: '',
      sealedMacKey: '33333333333333334444444444444444',
      signedInAt: startedAt - 48 * 3_600_000,
    };
    expect(await codeOf(sale, {}, { terminal: { session } })).toBe('TERMINAL_NOT_SIGNED_IN');
  });

  test('a terminal that was switched off', async () => {
    expect(await codeOf(sale, {}, { terminal: { isEnabled: false } })).toBe('TERMINAL_NOT_ALLOWED');
  });

  test('the device key where the session key is asked for, and the other way round', async () => {
    expect(await codeOf({ ...sale, algorithm: 'ed25519' })).toBe('TERMINAL_SIGNATURE_INVALID');
    const signIn = {
      method: 'POST',
      url: '/v1/terminals/sign-in',
      body: `{"terminalId":"${terminalId}"}`,
    } as const;
    expect(await codeOf(signIn)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test('a right signature, another terminal named in the body', async () => {
    const body = '{"terminalId":"T0000002"}';
    const signIn = {
      method: 'POST',
      url: '/v1/terminals/sign-in',
      body,
      algorithm: 'ed25519',
    } as const;
    expect(await codeOf(signIn)).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test.each([
    ['an unknown algorithm', 'alg="none"'],
    ['a second label', 'alg="hmac-sm3", z=("@method");created=1'],
    ['an extra parameter', 'alg="hmac-sm3";tag="x"'],
  ])('%s in Signature-Input', async (_name, ending) => {
    const input = signedHeaders(sale, startedAt)['signature-input'] ?? '';
    const change = { 'signature-input': input.replace('alg="hmac-sm3"', ending) };
    expect(await codeOf(sale, change)).toBe('TERMINAL_SIGNATURE_INVALID');
  });
});

describe('the refusal of a signature says which rule was broken', () => {
  const good = (name: string) => signedHeaders(sale, startedAt)[name] ?? '';
  const input = good('signature-input');

  test.each<[string, Record<string, string>, RegExp]>([
    ['no Signature-Input', { 'signature-input': '' }, /Signature-Input is missing/],
    ['another label', { 'signature-input': input.replace('y=', 'sig1=') }, /label y$/],
    [
      'another order of components',
      { 'signature-input': input.replace('"@method" "@path"', '"@path" "@method"') },
      /covers \("@method"/,
    ],
    ['no time', { 'signature-input': input.replace(/;created=\d+/, '') }, /created/],
    [
      'a time in milliseconds',
      { 'signature-input': input.replace(/(;created=\d+)/, '$1000') },
      /seconds since 1970/,
    ],
    ['a short nonce', { 'signature-input': input.replace(/nonce="[^"]*"/, 'nonce="1"') }, /nonce/],
    [
      'a nonce in base64',
      { 'signature-input': input.replace(/nonce="[^"]*"/, 'nonce="AAAAAAAAAAAAAAAAAAAA+w=="') },
      /base64url/,
    ],
    [
      'parameters in another order',
      { 'signature-input': input.replace(/(;keyid="[^"]*")(;alg="[^"]*")/, '$2$1') },
      /third parameter is keyid/,
    ],
    [
      'an unknown algorithm',
      { 'signature-input': input.replace('hmac-sm3', 'hmac-sha256') },
      /alg: "hmac-sm3"/,
    ],
    ['a further parameter', { 'signature-input': `${input};tag="x"` }, /nothing follows alg/],
    ['no Signature', { signature: '' }, /Signature is missing/],
    ['a signature of another length', { signature: 'y=:AAAA:' }, /32 bytes/],
    ['no Content-Digest', { 'content-digest': '' }, /Content-Digest is missing/],
    ['a digest in hex', { 'content-digest': `sha-256=:${'0'.repeat(64)}:` }, /SHA-256 of the body/],
    [
      'a wrong key',
      { signature: `y=:${Buffer.alloc(32).toString('base64')}:` },
      /not that of the signature base/,
    ],
  ])('%s', async (_name, change, rule) => {
    const answer = await send(await createHarness(), sale, {
      ...signedHeaders(sale, startedAt),
      ...change,
    });
    expect(answer.json()).toMatchObject({
      code: 'TERMINAL_SIGNATURE_INVALID',
      detail: expect.stringMatching(rule),
    });
  });

  test('the algorithm of another route, and another terminal in the body', async () => {
    const url = '/v1/terminals/sign-in';
    const signIn = { method: 'POST', url, body: '{"terminalId":"T0000002"}' } as const;
    const harness = await createHarness();
    const wrongAlgorithm = await send(harness, signIn);
    expect(wrongAlgorithm.json().detail).toBe('this route takes alg="ed25519"');
    const otherTerminal = await send(harness, { ...signIn, algorithm: 'ed25519' });
    expect(otherTerminal.json().detail).toContain('terminalId');
  });

  test('a stale request is told the window', async () => {
    const answer = await send(await createHarness(), { ...sale, created: startedAt / 1000 - 600 });
    expect(answer.json().detail).toContain('at most 120 s before serverTime, at most 10 s after');
  });

  test('nothing of the request comes back in the words', async () => {
    const change = { 'signature-input': input.replace(/nonce="[^"]*"/, 'nonce="<script>"') };
    const answer = await send(await createHarness(), sale, {
      ...signedHeaders(sale, startedAt),
      ...change,
    });
    expect(answer.body).not.toContain('script');
  });
});

describe('time and repetition', () => {
  const seconds = startedAt / 1000;

  test.each([
    ['ten minutes old', seconds - 600],
    ['ten minutes ahead', seconds + 600],
    ['eleven seconds ahead', seconds + 11],
    ['made in the second before the engine started', seconds - 1],
  ])('%s is stale, and the terminal is told the time', async (_name, created) => {
    const harness = await createHarness();
    const answer = await send(harness, { ...sale, created });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({
      code: 'REQUEST_STALE',
      serverTime: '2026-11-22T08:00:00.000+08:00',
    });
    expect(harness.calls).toEqual([]);
  });

  test('two minutes old is still good, a second more is not', async () => {
    const harness = await createHarness();
    harness.clock.at += 120_000;
    expect((await send(harness, { ...sale, created: seconds })).statusCode).toBe(200);
    harness.clock.at += 1_000;
    expect((await send(harness, { ...sale, created: seconds })).statusCode).toBe(401);
  });

  test('the same signed bytes again are a replay, whenever they come', async () => {
    const harness = await createHarness();
    const once = { ...sale, created: seconds + 10, nonce: 'nonce-of-this-sale-1' };
    expect((await send(harness, once)).statusCode).toBe(200);
    for (const wait of [0, 60_000, 69_999, 1]) {
      harness.clock.at += wait;
      expect((await send(harness, once)).json().code).toBe('REQUEST_REPLAYED');
    }
    harness.clock.at += 1_000;
    expect((await send(harness, once)).json().code).toBe('REQUEST_STALE');
    expect(harness.calls).toEqual(['settle']);
  });

  test('a spoilt signature does not use up a nonce', async () => {
    const harness = await createHarness();
    const once = { ...sale, nonce: 'nonce-of-this-sale-2' };
    const spoilt = { signature: `y=:${Buffer.alloc(32).toString('base64')}:` };
    expect((await send(harness, once, spoilt)).statusCode).toBe(401);
    expect((await send(harness, once)).statusCode).toBe(200);
  });

  test('two hundred copies at once: one gets through', async () => {
    const harness = await createHarness();
    const once = { ...sale, nonce: 'nonce-of-this-sale-3' };
    await Promise.all(Array.from({ length: 200 }, () => send(harness, once)));
    expect(harness.calls).toEqual(['settle']);
  });

  test('a full nonce memory refuses and says when to come back; it does not forget', async () => {
    const harness = await createHarness({ settings: { noncesMax: 1 } });
    const first = { ...sale, nonce: 'nonce-of-this-sale-4' };
    expect((await send(harness, first)).statusCode).toBe(200);
    const refused = await send(harness, sale);
    expect(refused.statusCode).toBe(503);
    expect(refused.json().code).toBe('BUSY');
    expect(refused.headers['retry-after']).toBe('1');
    expect((await send(harness, first)).json().code).toBe('REQUEST_REPLAYED');
    harness.clock.at += 126_000;
    expect((await send(harness, sale)).statusCode).toBe(200);
  });

  test('a clock that was a day ahead and is set back lets no request in again', async () => {
    const harness = await createHarness();
    harness.clock.at += 60_000;
    const once = { ...sale, created: seconds + 60, nonce: 'nonce-of-this-sale-5' };
    expect((await send(harness, once)).statusCode).toBe(200);
    harness.clock.at += 86_400_000;
    expect((await send(harness, sale)).statusCode).toBe(200);
    harness.clock.at -= 86_390_000;
    expect((await send(harness, once)).json().code).toBe('REQUEST_STALE');
    expect((await send(harness, sale)).statusCode).toBe(200);
    expect(harness.calls).toEqual(['settle', 'settle', 'settle']);
  });

  test('a clock that is set back by a moment keeps nobody from selling, and forgets nothing', async () => {
    const harness = await createHarness();
    const once = { ...sale, created: seconds + 1, nonce: 'nonce-of-this-sale-6' };
    harness.clock.at += 121_000;
    expect((await send(harness, once)).statusCode).toBe(200);
    harness.clock.at += 4_900;
    expect((await send(harness, sale)).statusCode).toBe(200);
    harness.clock.at -= 4_900;
    expect((await send(harness, once)).json().code).toBe('REQUEST_REPLAYED');
    expect((await send(harness, { ...sale, created: seconds + 120 })).statusCode).toBe(200);
  });
});

describe('answers', () => {
  async function signedAnswer(request: SignedRequest) {
    const harness = await createHarness();
    const headers = signedHeaders(request, startedAt);
    const answer = await send(harness, request, headers);
    const digest = createHash('sha256').update(answer.rawPayload).digest('base64');
    const base = answerSignatureBase({
      algorithm: 'ed25519',
      status: answer.statusCode,
      contentDigest: `sha-256=:${digest}:`,
      requestSignature: (headers['signature'] ?? '').slice(3, -1),
      answerKeyId: 'A1',
    });
    const signature = String(answer.headers['signature']).slice(3, -1);
    return {
      answer,
      isGood: verify(
        null,
        Buffer.from(base),
        answerKey.publicKey,
        Buffer.from(signature, 'base64'),
      ),
    };
  }

  test('an approval is signed together with the request that it answers', async () => {
    const { answer, isGood } = await signedAnswer(sale);
    expect(isGood).toBe(true);
    expect(answer.headers['signature-input']).toBe(
      'y=("@status" "content-digest" "signature";req;key="y");keyid="A1";alg="ed25519"',
    );
  });

  const tree = { 'accept-signature': ACCEPT_TREE };
  const key = { keyId: 'A1', algorithm: 'ed25519', publicKey: answerPublicKey } as const;

  function certificateOf(answer: LightMyRequestResponse, headers: Record<string, string>) {
    const given = (name: string) => String(answer.headers[name]);
    return certify(
      {
        status: answer.statusCode,
        body: answer.body,
        signatureInput: given('signature-input'),
        signature: given('signature'),
        contentDigest: given('content-digest'),
        requestSignature: (headers['signature'] ?? '').slice(3, -1),
      },
      key,
    );
  }

  test('what is ready together is signed once, for those who can read it', async () => {
    const harness = await createHarness();
    const sales = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const headers = { ...signedHeaders(sale, startedAt), ...tree };
        return { headers, answer: await send(harness, sale, headers) };
      }),
    );
    expect(harness.signed.length).toBeLessThan(sales.length);
    for (const { answer, headers } of sales) {
      expect(String(answer.headers['signature-input'])).toMatch(/;alg="ed25519-tree"$/);
      expect(certificateOf(answer, headers)).toBeDefined();
      // The answer to one is not that to another.
      const [other] = sales.filter((each) => each.headers !== headers);
      expect(certificateOf(answer, other?.headers ?? {})).toBeUndefined();
    }
  });

  test('one that is alone has a path without a step, and a refusal is signed as an approval is', async () => {
    const harness = await createHarness();
    for (const request of [sale, { ...sale, keyId: 'T9999999' }]) {
      const headers = { ...signedHeaders(request, startedAt), ...tree };
      const answer = await send(harness, request, headers);
      expect(certificateOf(answer, headers)).toMatchObject({ status: answer.statusCode });
      expect(Buffer.from(String(answer.headers['signature']).slice(3, -1), 'base64')).toHaveLength(
        68,
      );
    }
  });

  test('a key that cannot sign lets no answer out', async () => {
    const harness = await createHarness({
      signAnswer: () => {
        throw new Error('the hardware module is away');
      },
    });
    const answer = await send(harness, sale, { ...signedHeaders(sale, startedAt), ...tree });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'ANSWER_NOT_SIGNED', moneyEffect: 'unknown' });
    expect(answer.headers['signature']).toBeUndefined();
    expect(answer.body).not.toContain('approved');
    expect(answer.body).not.toContain('away');
  });

  test.each([
    ['a stale request', { ...sale, created: startedAt / 1000 - 600 }],
    ['a body that is not well formed', { ...sale, body: '{' }],
    ['an unknown terminal', { ...sale, keyId: 'T9999999' }],
  ])('so is the refusal of %s', async (_name, request) => {
    const { answer, isGood } = await signedAnswer(request);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(isGood).toBe(true);
  });
});
