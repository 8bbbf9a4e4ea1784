import { expect, test } from 'vitest';
import { openTransport } from '../../../../engine/compose/transport.ts';
import { readConfig } from '../../../../engine/ops/config.ts';

test.each([
  ['127.0.0.1', []],
  ['::1', []],
  ['localhost', []],
  ['0.0.0.0', ['plain-http-exposed']],
  ['10.1.2.3', ['plain-http-exposed']],
])('plain HTTP on %s is told of: %j', (host, told) => {
  const events: string[] = [];
  const tell = (event: string) => events.push(event);
  const log = { info: tell, warn: tell, error: tell };
  const { tls } = openTransport(readConfig({ YIKATONG_HOST: host }), log);
  expect([tls, events]).toEqual([undefined, told]);
});
