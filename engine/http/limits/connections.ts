/**
 * Who is connected, and what each connection does: it sends a request, waits for an answer, or rests. An
 * unfinished request costs its sender: an address that has too many loses its oldest one.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { OnRefused } from '../refusals.ts';

export type ConnectionLimits = {
  /** Open connections of one address; many terminals may stand behind one. */
  readonly perAddressMax: number;
  /** Unfinished requests of one address; a connection that has sent nothing yet counts as one. */
  readonly halfSentPerAddressMax: number;
  /** Bytes of all unfinished bodies together. */
  readonly halfSentBytesMax: number;
};

export type Connections = {
  /** Counts the connections of a server, HTTP or HTTPS. */
  watch(server: Server): void;
  /** The head of a request has arrived. */
  beginRequest(socket: Socket, response: ServerResponse): RequestWatch;
  /**
   * Once the server takes no more connections: after `graceMs` cuts off every connection for which nothing is
   * done, and those that have not taken their answer for as long. Complete requests are finished.
   */
  closeUnused(graceMs: number): void;
};

/** One request of a connection, told in this order; the first may be left out. */
export type RequestWatch = {
  receivedBytes(count: number): void;
  /** The request is complete. */
  received(): void;
  /** Its answer was handed over. */
  answered(): void;
};

/** Both in the order in which their latest requests began. */
type Address = { readonly open: Set<Connection>; readonly sending: Set<Connection> };

type Connection = {
  readonly socket: Socket;
  readonly peer: string;
  readonly address: string;
  /** To complete requests; not sent yet, or not taken. */
  readonly responses: Set<ServerResponse>;
  /** Of the unfinished body. */
  bytes: number;
};

type Book = {
  readonly byPeer: Map<string, Connection>;
  readonly bySocket: WeakMap<Socket, Connection>;
  readonly byAddress: Map<string, Address>;
  /** In the order in which they began to send. */
  readonly sending: Set<Connection>;
  bytes: number;
};

/** How often a closing server looks for connections for which nothing is done, ms. */
const CLOSE_EVERY_MS = 50;

export function createConnections(limits: ConnectionLimits, onRefused: OnRefused): Connections {
  const book: Book = {
    ...{ byPeer: new Map(), bySocket: new WeakMap(), byAddress: new Map() },
    ...{ sending: new Set(), bytes: 0 },
  };
  const cutOff = (connection: Connection | undefined) => {
    if (connection === undefined) return;
    forget(book, connection);
    connection.socket.destroy();
    onRefused({ reason: 'half-sent', address: connection.address });
  };
  const setSending = (connection: Connection) => {
    const address = addressOf(book, connection.address);
    const { open, sending } = address;
    // Its latest request counts, so a connection that is used stays young.
    for (const queue of [open, sending, book.sending]) queue.delete(connection);
    for (const queue of [open, sending, book.sending]) queue.add(connection);
    if (open.size > limits.perAddressMax) cutOff(longestUnused(address, connection));
    if (sending.size > limits.halfSentPerAddressMax) cutOff(first(sending));
  };
  const open = (socket: Socket): Connection => {
    const connection = enter(book, socket);
    socket.once('close', () => forget(book, connection));
    setSending(connection);
    return connection;
  };
  return {
    watch(server) {
      server.on('connection', open);
      // The TLS socket on top of a connection; its requests name this one.
      server.on('secureConnection', (secure: Socket) => {
        const connection = book.byPeer.get(peerOf(secure));
        if (connection !== undefined) book.bySocket.set(secure, connection);
      });
    },
    beginRequest(socket, response) {
      const connection = book.bySocket.get(socket) ?? open(socket);
      setSending(connection);
      return {
        receivedBytes(count) {
          connection.bytes += count;
          book.bytes += count;
          while (book.bytes > limits.halfSentBytesMax && book.sending.size > 0) {
            cutOff(first(book.sending));
          }
        },
        received() {
          stopSending(book, connection);
          connection.responses.add(response);
        },
        answered() {
          connection.responses.delete(response);
        },
      };
    },
    closeUnused: (graceMs) => closeUnused(book, graceMs),
  };
}

function enter(book: Book, socket: Socket): Connection {
  const peer = peerOf(socket);
  const address = socket.remoteAddress ?? '';
  const connection = { socket, peer, address, responses: new Set<ServerResponse>(), bytes: 0 };
  book.byPeer.set(peer, connection);
  book.bySocket.set(socket, connection);
  addressOf(book, address).open.add(connection);
  return connection;
}

function addressOf({ byAddress }: Book, address: string): Address {
  const known = byAddress.get(address);
  if (known !== undefined) return known;
  const first: Address = { open: new Set(), sending: new Set() };
  byAddress.set(address, first);
  return first;
}

/**
 * Which connection an address with too many can do without: that of its oldest unfinished request, then the
 * one that rests longest, never one that waits for an answer. The latest goes only where all others wait.
 */
function longestUnused({ open, sending }: Address, latest: Connection): Connection {
  for (const connection of sending) if (connection !== latest) return connection;
  for (const connection of open) {
    if (connection !== latest && connection.responses.size === 0) return connection;
  }
  return latest;
}

function stopSending(book: Book, connection: Connection): void {
  book.sending.delete(connection);
  book.byAddress.get(connection.address)?.sending.delete(connection);
  book.bytes -= connection.bytes;
  connection.bytes = 0;
}

function forget(book: Book, connection: Connection): void {
  const { peer, address } = connection;
  stopSending(book, connection);
  if (book.byPeer.get(peer) === connection) book.byPeer.delete(peer);
  const group = book.byAddress.get(address);
  group?.open.delete(connection);
  if (group?.open.size === 0) book.byAddress.delete(address);
}

function closeUnused({ byPeer }: Book, graceMs: number): void {
  const answeredAt = new WeakMap<Connection, number>();
  const isUnused = (connection: Connection): boolean => {
    const { responses } = connection;
    if (responses.size === 0) return true;
    for (const { writableEnded } of responses) if (!writableEnded) return false;
    const now = performance.now();
    const since = answeredAt.get(connection) ?? now;
    answeredAt.set(connection, since);
    return now - since >= graceMs;
  };
  const close = () => {
    for (const connection of byPeer.values()) if (isUnused(connection)) connection.socket.destroy();
    if (byPeer.size > 0) setTimeout(close, CLOSE_EVERY_MS).unref();
  };
  // The open connections keep the process alive, so the timers need not.
  setTimeout(close, graceMs).unref();
}

function first<Value>(values: ReadonlySet<Value>): Value | undefined {
  const [value] = values;
  return value;
}

/** One connection at a time has this address and port. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
