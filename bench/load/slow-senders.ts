import { connect, type Socket } from 'node:net';

export type SlowSenders = {
  /** Connections that are open now. */
  open(): number;
  stop(): void;
};

/** A settlement's head and the first byte of its body; the others never come. */
const BEGUN = [
  'POST /v1/settlements HTTP/1.1',
  'Host: slow',
  'Content-Type: application/json',
  'Content-Length: 2000',
  '',
  '{',
].join('\r\n');

/**
 * Opens connections that begin a settlement and do not end it. One that the engine closes is opened again, as
 * somebody would who wants to keep others from selling.
 */
export function openSlowSenders(url: string, count: number): SlowSenders {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isStopped = false;
  const open = () => {
    if (isStopped) return;
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(BEGUN));
    sockets.add(socket);
    // A refusal is read, so that the engine's end of the connection arrives.
    socket.resume().on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      open();
    });
  };
  for (let index = 0; index < count; index++) open();
  return {
    open: () => sockets.size,
    stop() {
      isStopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
