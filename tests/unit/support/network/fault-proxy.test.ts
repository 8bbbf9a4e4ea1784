import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  FaultProxy,
  FaultProxyOptions,
  ProxyFaults,
} from '../../../support/network/fault-proxy.ts';
import { startFaultProxy } from '../../../support/network/fault-proxy.ts';
import type { DirectionFault } from '../../../support/network/one-direction.ts';

/** A peer that remembers what it got and answers nothing by itself. */
type Peer = { readonly socket: Socket; text(): string; readonly ended: Promise<unknown> };

const peers: Peer[] = [];
let accepted: (peer: Peer) => void;
let proxy: FaultProxy | undefined;
const server = createServer({ allowHalfOpen: true }, (socket) => accepted(peerOf(socket)));

function peerOf(socket: Socket): Peer {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const ended = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  const peer = { socket, ended, text: () => Buffer.concat(chunks).toString('latin1') };
  peers.push(peer);
  return peer;
}

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await proxy?.close();
  for (const { socket } of peers.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function open(
  options: Partial<FaultProxyOptions>,
): Promise<{ readonly client: Peer; readonly target: Peer; readonly between: FaultProxy }> {
  const address = server.address();
  const targetPort = () => (typeof address === 'object' ? (address?.port ?? 0) : 0);
  const between = proxy ?? (await startFaultProxy({ targetPort, seed: 1, ...options }));
  proxy = between;
  const { promise, resolve } = Promise.withResolvers<Peer>();
  accepted = resolve;
  const client = peerOf(connect({ port: between.port, host: '127.0.0.1', allowHalfOpen: true }));
  return { client, target: await promise, between };
}

afterEach(() => {
  proxy = undefined;
});

const always = (fault: DirectionFault) => ({ rates: { [fault]: 1 } });
const frame = (text: string): Buffer => {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(text.length);
  return Buffer.concat([prefix, Buffer.from(text)]);
};
const wire = (...texts: readonly string[]) =>
  Buffer.concat(texts.map((text) => frame(text))).toString('latin1');

test('without faults it is a wire: both directions, and the end of each', async () => {
  const { client, target } = await open({});
  client.socket.end('settle');
  await target.ended;
  expect(target.text()).toBe('settle');
  target.socket.end('approved');
  await client.ended;
  expect([client.text(), proxy?.counts()]).toEqual(['approved', {}]);
});

describe('frames', () => {
  test.each([
    ['drop', wire()],
    ['duplicate', wire('0200 sale', '0200 sale', '0400 reversal', '0400 reversal')],
    ['reorder', wire('0400 reversal', '0200 sale')],
  ] as const)('%s', async (fault, received) => {
    const { client, target } = await open({ framing: 'frames', up: always(fault) });
    // One write: where frames begin and end is for the proxy to find.
    client.socket.end(Buffer.concat([frame('0200 sale'), frame('0400 reversal')]));
    await target.ended;
    expect(target.text()).toBe(received);
    target.socket.end(frame('0210 approved'));
    await client.ended;
    expect([client.text(), proxy?.counts()]).toEqual([wire('0210 approved'), { [fault]: 2 }]);
  });

  test('the last of those held back is not kept for ever', async () => {
    const { client, target } = await open({ framing: 'frames', up: always('reorder') });
    client.socket.write(frame('0200 sale'));
    await once(target.socket, 'data');
    expect(target.text()).toBe(wire('0200 sale'));
  });

  test('a stream is never spoilt as TCP would not spoil it', async () => {
    const { client, target } = await open({ up: always('duplicate') });
    client.socket.end('settle');
    await target.ended;
    expect([target.text(), proxy?.counts()]).toEqual(['settle', {}]);
  });
});

describe('streams', () => {
  test('a slow drip brings every byte, in many pieces', async () => {
    const { client, target } = await open({ down: { ...always('drip'), dripMs: 1 } });
    let pieces = 0;
    client.socket.on('data', () => {
      pieces += 1;
    });
    target.socket.end('a certificate that is long enough for eight pieces');
    await client.ended;
    expect(client.text()).toBe('a certificate that is long enough for eight pieces');
    expect(pieces).toBeGreaterThan(1);
  });

  test('a connection that breaks after some bytes ends for both', async () => {
    const { client, target } = await open({ up: always('cut') });
    client.socket.write('a request that does not arrive as a whole');
    await Promise.all([client.ended, target.ended]);
    expect('a request that does not arrive as a whole'.startsWith(target.text())).toBe(true);
    expect(target.text()).not.toBe('a request that does not arrive as a whole');
  });

  test('RST is an error on both sides', async () => {
    const { client, target } = await open({ up: always('reset') });
    const errors = [client, target].map(async ({ socket }) => (await once(socket, 'error'))[0]);
    client.socket.write('settle');
    expect(await Promise.all(errors)).toMatchObject([
      { code: 'ECONNRESET' },
      { code: 'ECONNRESET' },
    ]);
  });

  test('a half-closed connection still answers', async () => {
    const { client, target } = await open({ up: always('half-close') });
    client.socket.write('settle');
    await target.ended;
    target.socket.write('approved');
    await once(client.socket, 'data');
    expect([target.text(), client.text()]).toEqual(['settle', 'approved']);
  });

  test('a black hole is silent one way and breaks at its end', async () => {
    const { client, target } = await open({ up: { ...always('black-hole'), holeMs: 50 } });
    client.socket.write('settle');
    target.socket.write('hello');
    await once(client.socket, 'data');
    const [error] = await once(target.socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect([target.text(), client.text()]).toEqual(['', 'hello']);
  });
});

test('a cut breaks what stands and refuses what comes, for a while', async () => {
  const { client } = await open({});
  const cutting = proxy?.cut(300);
  expect(await once(client.socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  const refused = connect(proxy?.port ?? 0, '127.0.0.1');
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
  await cutting;
  const again = await open({});
  again.client.socket.end('settle');
  await again.target.ended;
  expect(again.target.text()).toBe('settle');
});

test('the same seed does the same to the same frames; another seed does not', async () => {
  const faults: ProxyFaults = { up: { rates: { drop: 0.3, duplicate: 0.3 } } };
  const received = async (seed: number): Promise<string> => {
    proxy = undefined;
    const { client, target, between } = await open({ framing: 'frames', seed, ...faults });
    const numbers = Array.from({ length: 40 }, (_, i) => frame(String(i)));
    client.socket.end(Buffer.concat(numbers));
    await target.ended;
    await between.close();
    return target.text();
  };
  const [first, again, other] = [await received(7), await received(7), await received(8)];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
