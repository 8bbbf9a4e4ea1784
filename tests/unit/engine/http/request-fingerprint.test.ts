/** What "the same request" means: anything that could make it another sale makes it another request. */
import { expect, test } from 'vitest';
import { requestFingerprint } from '../../../../engine/http/request-fingerprint.ts';

const refund = {
  method: 'POST',
  path: '/v1/settlements/0701JDFQ8000A1B2C3D4E5F6G7H8/refunds',
  rawBody: Buffer.from('{"requestKey":"refund-000000000001"}'),
};

test('the same bytes to the same address are the same request', () => {
  const again = { ...refund, rawBody: Buffer.from(refund.rawBody) };
  expect(requestFingerprint(again)).toBe(requestFingerprint(refund));
});

test.each([
  [
    'another line given back',
    { rawBody: Buffer.from('{"requestKey":"refund-000000000001","lines":["1"]}') },
  ],
  [
    'the same JSON with other white space',
    { rawBody: Buffer.from('{"requestKey": "refund-000000000001"}') },
  ],
  ['no body', { rawBody: Buffer.alloc(0) }],
  ['another settlement', { path: '/v1/settlements/0701JDFQ8000A1B2C3D4E5F6G7H9/refunds' }],
  ['another method', { method: 'PUT' }],
])('%s is another request', (_, change) => {
  expect(requestFingerprint({ ...refund, ...change })).not.toBe(requestFingerprint(refund));
});
