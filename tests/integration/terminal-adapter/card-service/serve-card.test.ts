/** Goal: a program in any language uses the card over a socket of this machine, one at a time. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
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

/** A card that says how often it was powered up. */
async function serveCounted(): Promise<{ ups: number; downs: number }> {
  const power = { ups: 0, downs: 0 };
  const open = async (): Promise<CardService> => {
    power.ups += 1;
    const up = power.ups;
    return {
      run: async (order) =>
        order === undefined ? { ok: false, code: 'REQUEST_MALFORMED' } : { ok: true, up, order },
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

test('only this machine reaches it', async () => {
  await serveCounted();
  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  // A machine without a network has no address to try.
  if (elsewhere !== undefined) await expect(talk(elsewhere)).rejects.toThrow('ECONNREFUSED');
});
