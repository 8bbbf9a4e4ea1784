/**
 * One permanent TCP connection: opened at once, and again after a pause whenever it breaks. Frames are never
 * repeated; `onLost` reports a break to the senders.
 */

import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Frame } from './wire/framer.ts';
import { createFrameReader } from './wire/framer.ts';

const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1_000;
const KEEP_ALIVE_MS = 30_000;

/** The form of a pino logger. Data never contain a card number, PIN block, track or key. */
export type BankLinkLog = {
  info(data: object, event: string): void;
  warn(data: object, event: string): void;
};

export type Connection = {
  /** Resolves to true when connected; to false after `limitMs` without a connection, or when closed. */
  ready(limitMs: number): Promise<boolean>;
  /** @returns false: nothing was sent; true: some or all of it may arrive */
  send(bytes: Uint8Array): boolean;
  /** Breaks an open connection; a new one is opened as usual. */
  reconnect(): void;
  close(): Promise<void>;
};

export type ConnectionOptions = {
  readonly host: string;
  readonly port: number;
  /** Time limit of one attempt to connect, ms. */
  readonly connectTimeoutMs: number;
  readonly log: BankLinkLog;
  /** Called with each complete frame. */
  readonly onFrame: (frame: Frame) => void;
  /** Called when the connection breaks: open requests will get no answer. */
  readonly onLost: () => void;
};

/** Starts connecting, and tries again until `close`. */
export function createConnection(options: ConnectionOptions): Connection {
  const gate = createGate();
  let socket: Socket | undefined;
  let connected = false;
  let closed = false;
  let pauseMs = PAUSE_MS_MIN;
  let retry: NodeJS.Timeout | undefined;
  // An error is logged when it changes, so a host that is down for hours does not fill the log.
  let reported: string | undefined;

  // After the host has closed its side, the socket is still connected but not writable.
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
        if (code !== reported) options.log.warn({ code }, 'bank-link-failed');
        reported = code;
      },
      onClose() {
        const wasConnected = connected;
        connected = false;
        socket = undefined;
        if (wasConnected) options.log.info({}, 'bank-link-lost');
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

/** Holds requests that wait for a connection. */
function createGate() {
  const waiting = new Set<(isOpen: boolean) => void>();
  return {
    /** Resolves to the value of `release`, or to false after `limitMs`. */
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
    log.info({}, 'bank-link-opened');
    events.onConnect();
  });
  socket.on('data', (chunk) => {
    const { frames, error } = read(chunk);
    for (const frame of frames) onFrame(frame);
    if (error === undefined) return;
    log.warn({ error }, 'bank-stream-corrupted');
    socket.destroy();
  });
  // 'close' follows and handles the break; an 'error' without a listener would end the process.
  socket.on('error', (error: NodeJS.ErrnoException) => events.onError(error.code ?? error.name));
  socket.on('close', () => {
    clearTimeout(limit);
    events.onClose();
  });
  return socket;
}
