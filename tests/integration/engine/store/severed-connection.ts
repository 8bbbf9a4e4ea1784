import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to the database that can lose the server's answers, as a network does. */
export type SeveredConnection = {
  readonly url: string;
  /** From now on the server is heard no more; what is sent to it still arrives. */
  mute(): void;
  /** Breaks all connections. New ones get through, unless `forGood`. */
  cut(how?: 'forGood'): void;
  close(): Promise<void>;
};

export async function severedConnection(databaseUrl: string): Promise<SeveredConnection> {
  const target = new URL(databaseUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isClosedForGood = false;
  const server = createServer((inside) => {
    if (isClosedForGood) {
      inside.destroy();
      return;
    }
    const outside = connect(Number(target.port), target.hostname);
    const pair = [inside, outside] as const;
    pairs.add(pair);
    inside.pipe(outside);
    outside.pipe(inside);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const other of pair) other.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  if (typeof address === 'object' && address !== null) url.port = String(address.port);
  const cut = () => {
    for (const [inside] of pairs) inside.destroy();
  };
  return {
    url: url.href,
    mute() {
      for (const [inside, outside] of pairs) outside.unpipe(inside).resume();
    },
    cut(how) {
      isClosedForGood = how === 'forGood';
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
