// Goal: a request says exactly one thing or is refused. Each case is a way in which money was read
// wrongly elsewhere: coerced, stripped, doubled, or normalised on the way.
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createHarness, type Harness, send, settlement, signedHeaders } from './http-harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.app.close());

async function refusalOf(body: string, change: Record<string, string> = {}) {
  const before = harness.calls.length;
  const answer = await send(harness, { method: 'POST', url: '/v1/settlements', body }, change);
  expect(harness.calls.length).toBe(before);
  return answer.json();
}

const text = JSON.stringify(settlement);
const withAmount = (json: string) => text.replaceAll('"13.55"', json);

describe('amounts', () => {
  test.each([
    '13.55',
    '-0',
    '0.1',
    '1e400',
    '9007199254740993',
    'true',
    '[7]',
    'null',
    '"0x10"',
    '" 5.00 "',
    '"100"',
    '"-1.00"',
    '"1.0"',
    '"01.00"',
    '"+1.00"',
    '"１００.００"',
    '"٣.٠٠"',
    '"1e2"',
    '"1.00\\n"',
    '"1000000000000.00"',
    '""',
  ])('%s is not an amount', async (json) => {
    expect(await refusalOf(withAmount(json))).toMatchObject({
      code: 'REQUEST_INVALID',
      moneyEffect: 'none',
    });
  });
});

describe('members', () => {
  test.each([
    ['a repeated key', text.replace('"useAccount":true', '"useAccount":true,"useAccount":false')],
    [
      'a repeated key, once escaped',
      text.replace('"useAccount":true', '"useAccount":true,"useAccoun\\u0074":false'),
    ],
    ['a repeated amount in a line', text.replace('"unitPrice"', '"amount":"1.00","unitPrice"')],
    ['an unknown member', text.replace('{', '{"operator":"root",')],
    ['a state from outside', text.replace('{', '{"status":"posted",')],
    ['an unknown member deep down', text.replace('"name"', '"tries":"0","name"')],
    ['__proto__', text.replace('{', '{"__proto__":{"isEnabled":true},')],
    ['__proto__ deep down', text.replace('"name"', '"__proto__":{},"name"')],
    ['constructor', text.replace('{', '{"constructor":{"prototype":{"x":"1"}},')],
    ['a missing member', text.replace('"useAccount":true,', '')],
    [
      'both tenders in one',
      text.replace('"kind":"cash"', '"kind":"cash","pan":"6216261000000000018"'),
    ],
    ['NUL in a name', text.replace('阿莫西林', '阿\\u0000莫')],
    ['a lone surrogate', text.replace('阿莫西林', '\\ud800')],
    ['no lines', text.replace(/"lines":\[.*?\]/, '"lines":[]')],
    ['a key that is too short', text.replace('sale-0000000000000001', 'k1')],
    ['a number for a flag', text.replace('"useAccount":true', '"useAccount":1')],
    ['text after the end', `${text}x`],
    ['two values', `${text}${text}`],
    ['an array', `[${text}]`],
    ['nothing', ''],
    ['a byte order mark', `\ufeff${text}`],
  ])('%s', async (_name, body) => {
    expect((await refusalOf(body)).code).toBe('REQUEST_INVALID');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('bytes that are not UTF-8', async () => {
    const body = Buffer.from(text.replace('阿', 'A'), 'utf8');
    body[body.indexOf('A莫')] = 0xff;
    const request = {
      method: 'POST',
      url: '/v1/settlements',
      body: body.toString('latin1'),
    } as const;
    const answer = await harness.app.inject({
      method: 'POST',
      url: '/v1/settlements',
      headers: signedHeaders(request, harness.clock.at),
      payload: body,
    });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });

  test('a hundred thousand brackets, and a bill of 201 lines', async () => {
    expect((await refusalOf('['.repeat(100_000))).code).toBe('REQUEST_INVALID');
    expect(
      (
        await refusalOf(
          text.replace('"useAccount":true', `"useAccount":${'[{"a":'.repeat(10_000)}`),
        )
      ).code,
    ).toBe('REQUEST_INVALID');
    const line = JSON.stringify(settlement.bill.lines[0]);
    const many = Array.from({ length: 201 }, () => line).join(',');
    expect((await refusalOf(text.replace(line, many))).code).toBe('REQUEST_INVALID');
  });

  test('the refusal names our field and never the sender’s text', async () => {
    const secret = '6216261000000000018';
    const body = text.replace('"13.55"', `"${secret}"`).replace('{', `{"x":"${secret}",`);
    const refusal = await refusalOf(body);
    expect(JSON.stringify(refusal)).not.toContain(secret);
    expect(await refusalOf(withAmount('"1.0"'))).toMatchObject({
      detail: expect.stringContaining('body/bill/'),
    });
  });
});

describe('headers and bodies', () => {
  test.each([
    'text/plain',
    'application/json; charset=utf-16',
    'application/json\ta',
    'application/jsonx',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('content type %s', async (type) => {
    expect((await refusalOf(text, { 'content-type': type })).code).toBe('REQUEST_INVALID');
  });

  test('no content type: the refusal says which one', async () => {
    const request = { method: 'POST', url: '/v1/settlements', body: text } as const;
    const { 'content-type': _none, ...headers } = signedHeaders(request, harness.clock.at);
    const answer = await harness.app.inject({ ...request, headers, payload: text });
    expect(answer.json()).toMatchObject({
      code: 'REQUEST_INVALID',
      detail: 'the content type must be application/json',
    });
  });

  test('an upper-case content type is the same JSON', async () => {
    const request = { method: 'POST', url: '/v1/settlements', body: text } as const;
    const answer = await send(harness, request, {
      'content-type': 'Application/JSON; charset=UTF-8',
    });
    expect(answer.statusCode).toBe(200);
  });

  test.each(['gzip', 'deflate', 'br', 'identity'])('content encoding %s', async (encoding) => {
    expect((await refusalOf(text, { 'content-encoding': encoding })).code).toBe('REQUEST_INVALID');
  });

  test('a body over 256 kB', async () => {
    const refusal = await refusalOf(`"${'x'.repeat(256 * 1024)}"`);
    expect(refusal).toMatchObject({ code: 'REQUEST_TOO_LARGE', status: 400 });
  });
});

describe('paths and methods', () => {
  const sale = { method: 'POST', body: text } as const;

  test.each(['/v1/settlements?x=1', '/v1/challenges?requestKey=x'])(
    'POST %s: no route takes a query that it does not read',
    async (url) => {
      const before = harness.calls.length;
      const answer = await send(harness, { ...sale, url });
      expect(answer.json()).toMatchObject({
        code: 'REQUEST_INVALID',
        detail: 'this path takes no query',
      });
      expect(harness.calls.length).toBe(before);
    },
  );

  test('an unsigned route takes none either', async () => {
    const answer = await harness.app.inject({ method: 'GET', url: '/health/live?x=1' });
    expect(answer.json().code).toBe('REQUEST_INVALID');
  });

  test.each([
    '//v1/settlements',
    '/v1//settlements',
    '/v1/settlements/',
    '/V1/settlements',
    '/v1/Settlements',
    '/v1/settlements;x=1',
    '/v1/settlements%00',
    '/',
  ])('%s is another path', async (url) => {
    const before = harness.calls.length;
    const answer = await send(harness, { ...sale, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('NOT_FOUND');
    expect(harness.calls.length).toBe(before);
  });

  test('percent-encoded letters do not carry another path’s signature', async () => {
    const headers = signedHeaders({ ...sale, url: '/v1/settlements' }, harness.clock.at);
    const answer = await send(harness, { ...sale, url: '/v1/%73ettlements' }, headers);
    expect(answer.json().code).toBe('TERMINAL_SIGNATURE_INVALID');
  });

  test.each(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const)(
    '%s has no effect',
    async (method) => {
      const before = harness.calls.length;
      const answer = await harness.app.inject({
        method,
        url: '/v1/settlements',
        headers: {
          'x-http-method-override': 'POST',
          ...signedHeaders({ ...sale, url: '/v1/settlements' }, harness.clock.at),
        },
      });
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe('POST, GET');
      expect(answer.body === '' ? {} : answer.json()).toMatchObject(
        method === 'HEAD' ? {} : { code: 'METHOD_NOT_ALLOWED', moneyEffect: 'none' },
      );
      expect(harness.calls.length).toBe(before);
    },
  );

  test.each(['/v1/settlements/00JC0000000000000000000000J0', '/v1/terminals/sign-in'])(
    'another method on %s names the right one',
    async (url) => {
      const answer = await harness.app.inject({ method: 'PUT', url });
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe(url.endsWith('sign-in') ? 'POST' : 'GET');
    },
  );

  test.each([
    '/v1/settlements',
    '/v1/settlements?requestKey=x',
    '/v1/settlements?requestKey=sale-0000000000000001&limit=5',
    '/v1/settlements?requestKey=sale-0000000000000001&requestKey=sale-0000000000000002',
  ])('GET %s asks for nothing we give', async (url) => {
    expect((await send(harness, { method: 'GET', url })).json().code).toBe('REQUEST_INVALID');
  });

  test.each(['1', '0001', "00' or 1=1--", '../../etc/passwd', '00JC0000000000000000000000I0'])(
    'settlement %s does not exist',
    async (id) => {
      const url = `/v1/settlements/${encodeURIComponent(id)}`;
      expect((await send(harness, { method: 'GET', url })).json().code).toBe(
        'SETTLEMENT_NOT_FOUND',
      );
    },
  );
});

test('a flow that throws gives a generic answer: ask first, then call', async () => {
  const settle = async () => {
    throw new Error('duplicate key value violates unique constraint "settlement_pkey"');
  };
  const broken = await createHarness({ flows: { settle } });
  const answer = await send(broken, { method: 'POST', url: '/v1/settlements', body: text });
  expect(answer.json()).toMatchObject({
    code: 'INTERNAL',
    status: 500,
    moneyEffect: 'unknown',
    retry: 'after-enquiry',
  });
  expect(answer.body).not.toContain('settlement_pkey');
});

describe('on the socket', () => {
  let port = 0;
  beforeAll(async () => {
    const address = await harness.app.listen({ port: 0, host: '127.0.0.1' });
    port = Number(new URL(address).port);
  });

  /** Everything that the engine sends until it closes the connection. */
  function exchange(lines: readonly string[], body = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
      socket.write(`${[...lines, 'connection: close'].join('\r\n')}\r\n\r\n${body}`);
    });
  }

  const post = ['POST /v1/settlements HTTP/1.1', 'host: engine'];

  test.each([
    ['two content lengths', ['content-length: 2', 'content-length: 3']],
    ['a length and chunks', ['content-length: 2', 'transfer-encoding: chunked']],
  ])('%s: the connection is closed with 400', async (_name, headers) => {
    expect(await exchange([...post, ...headers], '{}')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each(['/v1/./settlements', '/v1/x/../settlements', '/v1/%2e%2e/v1/settlements'])(
    '%s is not resolved',
    async (path) => {
      const answer = await exchange([`POST ${path} HTTP/1.1`, 'host: engine', 'content-length: 0']);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  test('a question mark alone is a query', async () => {
    const head = [
      'POST /v1/settlements? HTTP/1.1',
      'host: engine',
      'content-type: application/json',
    ];
    expect(await exchange([...head, 'content-length: 2'], '{}')).toContain('takes no query');
  });

  test.each(['signature', 'signature-input', 'content-digest'])('%s twice', async (name) => {
    const signed = signedHeaders(
      { method: 'POST', url: '/v1/settlements', body: '{}' },
      harness.clock.at,
    );
    const headers = Object.entries(signed).map(([key, value]) => `${key}: ${value}`);
    const twice = [...headers, `${name}: ${signed[name]}`, 'content-length: 2'];
    const answer = await exchange([...post, ...twice], '{}');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('a header is repeated');
  });

  test('nine kB of headers', async () => {
    const headers = Array.from({ length: 100 }, (_, at) => `x-${at}: ${'y'.repeat(90)}`);
    expect(await exchange([...post, ...headers])).toMatch(/^HTTP\/1\.1 431 /);
  });
});
