import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Times } from '../../../../bench/load/open-loop.ts';
import { runOpenLoop } from '../../../../bench/load/open-loop.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler ?? (() => undefined));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');

test('a server that stands still does not slow the arrivals, and the wait shows in the latency', async () => {
  const held: (() => void)[] = [];
  // The first five answers wait for the fifth request: a closed loop would never send it.
  const url = await listen((_, response) => {
    held.push(() => response.end('{}'));
    if (held.length >= 5) for (const answer of held.splice(0)) answer();
  });
  const times: Times[] = [];
  const result = await runOpenLoop({
    ...{ url, arrivals: [0, 10, 20, 30, 40], requestOf: () => request },
    onAnswer: (_index, answer, at) => {
      if (answer?.status === 200) times.push(at);
    },
  });
  expect(result).toEqual({ sent: 5, unprepared: 0, connections: 5 });
  const dues = times.map(({ due }) => due).sort((a, b) => a - b);
  expect((dues.at(-1) ?? 0) - (dues[0] ?? 0)).toBeCloseTo(40, 6);
  for (const { due, sent, answered } of times) {
    expect(sent).toBeGreaterThanOrEqual(due);
    expect(answered).toBeGreaterThanOrEqual((dues[0] ?? 0) + 40);
  }
});

test('what is not prepared when it is due is counted, a broken connection is an answer without a status', async () => {
  const url = await listen((incoming) => incoming.destroy());
  const answers: unknown[] = [];
  const result = await runOpenLoop({
    ...{ url, arrivals: [0, 1] },
    requestOf: (index) => (index === 0 ? request : undefined),
    onAnswer: (_index, answer) => answers.push(answer),
  });
  expect(result).toMatchObject({ sent: 1, unprepared: 1 });
  expect(answers).toEqual([undefined]);
});
