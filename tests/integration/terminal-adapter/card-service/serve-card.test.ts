/** Goal: a program in any language uses the card over a socket of this machine, one at a time. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { CardService } from '../../../../terminal-adapter/card-service/card-operations.ts';
import {
  type ServedCard,
  serveCard,
} from '../../../../terminal-adapter/card-service/serve-card.ts';

let served: ServedCard | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await served?.close();
  served = undefined;
});

/** A card that says how often it was powered up, and takes its time for an order. */
async function serveCounted(orderMs = 0): Promise<{ ups: number; downs: number }> {
  const power = { ups: 0, downs: 0 };
  const open = async (): Promise<CardService> => {
    power.ups += 1;
    const up = power.ups;
    return {
      run: async (order) => {
        await sleep(orderMs);
        if (order === undefined) return { ok: false, code: 'REQUEST_MALFORMED' };
        return { ok: true, up, order };
      },
      close: async () => {
        power.downs += 1;
      },
    };
  };
  served = await serveCard(open, 0);
  return power;
}

async function talk(host = '127.0.0.1') {
  const socket = connect(served?.port ?? 0, host);
  sockets.push(socket);
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    return done === true ? undefined : (JSON.parse(value) as unknown);
  };
  return {
    ask: async (line: string) => {
      socket.write(`${line}\n`);
      return read();
    },
    read,
    end: async () => {
      socket.end();
      await once(socket, 'close');
    },
  };
}

test('orders are answered in turn, and the card is powered down at the end', async () => {
  const power = await serveCounted();
  const first = await talk();
  expect(await first.ask('{"op":"select"}')).toEqual({ ok: true, up: 1, order: { op: 'select' } });
  expect(await first.ask('{"op":"reset"}')).toMatchObject({ ok: true, up: 1 });
  await first.end();
  const second = await talk();
  expect(await second.ask('{}')).toMatchObject({ up: 2 });
  expect(power).toEqual({ ups: 2, downs: 1 });
});

test('a second connection is told that the card is in use', async () => {
  await serveCounted();
  const first = await talk();
  await first.ask('{}');
  const second = await talk();
  expect(await second.read()).toMatchObject({ ok: false, code: 'CARD_BUSY' });
  expect(await first.ask('{}')).toMatchObject({ ok: true });
});

test('what is not JSON ends the connection', async () => {
  const power = await serveCounted();
  const browser = await talk();
  expect(await browser.ask('POST / HTTP/1.1')).toMatchObject({ code: 'REQUEST_MALFORMED' });
  expect(await browser.read()).toBeUndefined();
  expect(power).toEqual({ ups: 1, downs: 1 });
  expect(await (await talk()).ask('{}')).toMatchObject({ ok: true });
});

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a program that leaves (%s) while the card works leaves the card to the next',
  async (leave) => {
    const power = await serveCounted(50);
    const socket = connect(served?.port ?? 0, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write('{"op":"select"}\n');
    await expect.poll(() => power.ups).toBe(1);
    socket[leave]();
    await expect.poll(() => power.downs).toBe(1);
    expect(await (await talk()).ask('{}')).toMatchObject({ ok: true, up: 2 });
  },
);

test('one that sends its order and ends its side is answered', async () => {
  await serveCounted(50);
  const socket = connect(served?.port ?? 0, '127.0.0.1');
  sockets.push(socket);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  socket.end('{"op":"select"}\n');
  expect(await lines.next()).toMatchObject({ value: expect.stringContaining('"ok":true') });
});

test('the card is powered down when the service stops', async () => {
  const power = await serveCounted();
  expect(await (await talk()).ask('{}')).toMatchObject({ ok: true });
  await served?.close();
  served = undefined;
  await expect.poll(() => power.downs).toBe(1);
});

test('only this machine reaches it', async () => {
  await serveCounted();
  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  // A machine without a network has no address to try.
  if (elsewhere !== undefined) await expect(talk(elsewhere)).rejects.toThrow('ECONNREFUSED');
});
