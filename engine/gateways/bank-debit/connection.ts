/**
 * One TCP connection that is kept: opened at once, opened again after a pause whenever it breaks.
 * It never repeats a frame; whoever sent one is told that the connection broke.
 */

import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Frame } from './wire/framer.ts';
import { createFrameReader } from './wire/framer.ts';

const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1_000;
const KEEP_ALIVE_MS = 30_000;

/** Shaped like a pino logger. Never given a card number, PIN block, track or key. */
export type BankLinkLog = {
  info(data: object, text: string): void;
  warn(data: object, text: string): void;
};

export type Connection = {
  /** True as soon as there is a connection; false after `limitMs` without one, or when closed. */
  ready(limitMs: number): Promise<boolean>;
  /** False: certainly nothing was sent. True: some or all of it may arrive. */
  send(bytes: Uint8Array): boolean;
  /** Breaks the connection, if there is one; another is opened in its place. */
  reconnect(): void;
  close(): Promise<void>;
};

export type ConnectionOptions = {
  readonly host: string;
  readonly port: number;
  /** Gives up one attempt to connect after this time, ms. */
  readonly connectTimeoutMs: number;
  readonly log: BankLinkLog;
  /** A whole frame came. */
  readonly onFrame: (frame: Frame) => void;
  /** The connection broke: what was sent over it and not answered will not be answered. */
  readonly onLost: () => void;
};

/** Starts connecting; a host that is not there yet is tried again until `close`. */
export function createConnection(options: ConnectionOptions): Connection {
  const gate = createGate();
  let socket: Socket | undefined;
  let connected = false;
  let closed = false;
  let pauseMs = PAUSE_MS_MIN;
  let retry: NodeJS.Timeout | undefined;
  // A host that is away for hours is one line in the log, not one a second.
  let reported: string | undefined;

  // A host that has hung up leaves a socket that is still connected but takes no more bytes.
  const canSend = (): boolean => connected && socket?.writable === true;

  function open(): void {
    const current = openSocket(options, {
      onConnect() {
        connected = true;
        pauseMs = PAUSE_MS_MIN;
        reported = undefined;
        gate.release(true);
      },
      onError(code) {
        if (code !== reported) options.log.warn({ code }, 'bank link broke');
        reported = code;
      },
      onClose() {
        const wasConnected = connected;
        connected = false;
        socket = undefined;
        if (wasConnected) options.log.info({}, 'bank link is down');
        if (wasConnected) options.onLost();
        if (closed) return;
        retry = setTimeout(open, pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
      },
    });
    socket = current;
  }

  open();
  return {
    ready(limitMs) {
      return canSend() || closed ? Promise.resolve(!closed) : gate.wait(limitMs);
    },
    send(bytes) {
      if (!canSend()) return false;
      socket?.write(bytes);
      return true;
    },
    reconnect: () => socket?.destroy(),
    async close() {
      closed = true;
      clearTimeout(retry);
      gate.release(false);
      const open = socket;
      if (open === undefined) return;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      open.once('close', () => resolve(undefined));
      open.destroy();
      await promise;
    },
  };
}

/** Where requests wait for a connection. */
function createGate() {
  const waiting = new Set<(isOpen: boolean) => void>();
  return {
    /** What `release` says, or false after `limitMs`. */
    wait(limitMs: number): Promise<boolean> {
      return new Promise((resolve) => {
        const resume = (isOpen: boolean): void => {
          clearTimeout(timer);
          waiting.delete(resume);
          resolve(isOpen);
        };
        const timer = setTimeout(resume, limitMs, false);
        waiting.add(resume);
      });
    },
    release(isOpen: boolean): void {
      for (const resume of [...waiting]) resume(isOpen);
    },
  };
}

type SocketEvents = {
  readonly onConnect: () => void;
  readonly onError: (code: string) => void;
  readonly onClose: () => void;
};

function openSocket(options: ConnectionOptions, events: SocketEvents): Socket {
  const { log, onFrame } = options;
  const read = createFrameReader();
  const socket = connect({ host: options.host, port: options.port, noDelay: true });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const limit = setTimeout(() => socket.destroy(), options.connectTimeoutMs);
  socket.on('connect', () => {
    clearTimeout(limit);
    log.info({}, 'bank link is up');
    events.onConnect();
  });
  socket.on('data', (chunk) => {
    const { frames, error } = read(chunk);
    for (const frame of frames) onFrame(frame);
    if (error === undefined) return;
    log.warn({ error }, 'bank link closed: the stream is not made of frames');
    socket.destroy();
  });
  // 'close' follows and does the work; an 'error' without a listener would end the process.
  socket.on('error', (error: NodeJS.ErrnoException) => events.onError(error.code ?? error.name));
  socket.on('close', () => {
    clearTimeout(limit);
    events.onClose();
  });
  return socket;
}
