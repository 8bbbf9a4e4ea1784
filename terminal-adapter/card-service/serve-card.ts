/**
 * A card over a loopback socket: one line of JSON is an order, one line the reply. A connection is the card
 * in the reader: it is powered up at the beginning and down at the end, and nobody else has it meanwhile.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { CardService } from './card-operations.ts';

/** An order with the longest APDU has some 600 characters. */
const LINE_CHARACTERS_MAX = 2_000;

export type ServedCard = {
  readonly port: number;
  close(): Promise<void>;
};

/**
 * Listens on 127.0.0.1 only.
 * @param open powers the card up for one connection
 * @param port 0 takes a free one
 */
export async function serveCard(
  open: () => Promise<CardService>,
  port: number,
): Promise<ServedCard> {
  let inUse: Socket | undefined;
  // A program may end its side behind its orders and still wants the replies.
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    if (inUse !== undefined) {
      socket.resume().end(line({ ok: false, code: 'CARD_BUSY', message: busy }));
      return;
    }
    inUse = socket;
    const left = (): void => {
      inUse = undefined;
      socket.destroy();
    };
    // A connection that breaks is a card that was taken out.
    converse(socket, open).then(left, left);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      inUse?.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const busy = {
  zh: '卡正被另一个连接使用',
  en: 'Another connection has the card',
};

async function converse(socket: Socket, open: () => Promise<CardService>): Promise<void> {
  const card = await open();
  try {
    const lines = createInterface({ input: socket });
    // A socket that breaks does not end its lines.
    socket.once('close', () => lines.close());
    for await (const text of lines) {
      const order = parse(text);
      socket.write(line(await card.run(order)));
      // What is not JSON is not for us: a browser that was sent here gets no second try.
      if (order === undefined) break;
    }
    socket.end();
    // Also when it broke meanwhile: 'finish' would never come, and the card would stay taken.
    await finished(socket, { readable: false });
  } finally {
    await card.close();
  }
}

function parse(text: string): unknown {
  if (text.length > LINE_CHARACTERS_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function line(reply: object): string {
  return `${JSON.stringify(reply)}\n`;
}
