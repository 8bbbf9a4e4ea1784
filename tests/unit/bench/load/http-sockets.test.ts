import { expect, test } from 'vitest';
import { readAnswer } from '../../../../bench/load/http-sockets.ts';

const busy = `HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-type: application/problem+json
content-length: 15\r\nConnection: keep-alive\r\n\r\n{"code":"BUSY"}`;

test('an answer is complete when its whole body is there', () => {
  const bytes = Buffer.from(busy);
  expect(readAnswer(bytes)).toEqual({ status: 503, retryAfter: 2, body: '{"code":"BUSY"}' });
  for (const cut of [10, bytes.indexOf('{'), bytes.length - 1]) {
    expect(readAnswer(bytes.subarray(0, cut))).toBeUndefined();
  }
});

test('bytes are counted, not characters; without Retry-After it says so', () => {
  const body = '{"zh":"请稍候"}';
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  expect(readAnswer(Buffer.from(head + body))).toEqual({
    status: 200,
    retryAfter: undefined,
    body,
  });
});
