import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type HttpAnswer = {
  readonly status: number;
  /** Whole seconds; undefined: the answer does not say when to come back. */
  readonly retryAfter: number | undefined;
  readonly body: string;
};

/**
 * Connections for an open loop. Each carries one request at a time, so that no answer waits behind another;
 * there are as many as requests under way, and they stay open for later requests.
 */
export type HttpSockets = {
  /** Opens `count` connections in advance, as terminals do; resolves when the server has accepted them. */
  openAhead(count: number): Promise<void>;
  /** `onAnswer` gets undefined when the connection failed. */
  send(request: Buffer, onAnswer: (answer: HttpAnswer | undefined) => void): void;
  opened(): number;
  close(): void;
};

/** The kernel completes a connection before the server accepts it; this is the time to accept all, ms. */
const TAKEN_IN_MS = 500;
const HEAD_END = Buffer.from('\r\n\r\n');

/** @param url "http://127.0.0.1:8080" */
export function openHttpSockets(url: string): HttpSockets {
  const { hostname, port } = new URL(url);
  const idle: Line[] = [];
  const all = new Set<Line>();
  const open = (): Line => {
    const line = openLine(connect({ host: hostname, port: Number(port), noDelay: true }), {
      onIdle: () => idle.push(line),
      onEnd: () => {
        all.delete(line);
        const at = idle.indexOf(line);
        if (at >= 0) idle.splice(at, 1);
      },
    });
    all.add(line);
    return line;
  };
  return {
    async openAhead(count) {
      const lines = Array.from({ length: count }, open);
      await Promise.all(lines.map(({ connected }) => connected));
      idle.push(...lines);
      await sleep(TAKEN_IN_MS);
    },
    send: (request, onAnswer) => (idle.pop() ?? open()).send(request, onAnswer),
    opened: () => all.size,
    close: () => {
      for (const line of all) line.close();
    },
  };
}

type Line = {
  readonly connected: Promise<unknown>;
  send: HttpSockets['send'];
  close(): void;
};

function openLine(
  socket: Socket,
  on: { readonly onIdle: () => void; readonly onEnd: () => void },
): Line {
  let waiting: ((answer: HttpAnswer | undefined) => void) | undefined;
  let received: Buffer = Buffer.alloc(0);
  const answer = (value: HttpAnswer | undefined) => {
    const tell = waiting;
    waiting = undefined;
    tell?.(value);
  };
  socket.on('data', (bytes: Buffer) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    const complete = readAnswer(received);
    if (complete === undefined) return;
    received = Buffer.alloc(0);
    answer(complete);
    on.onIdle();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    on.onEnd();
    answer(undefined);
  });
  return {
    connected: once(socket, 'connect').catch(() => undefined),
    send(request, onAnswer) {
      waiting = onAnswer;
      socket.write(request);
    },
    close: () => socket.destroy(),
  };
}

/** Undefined until head and body are there. Answers without Content-Length are not expected. */
export function readAnswer(bytes: Buffer): HttpAnswer | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const start = end + HEAD_END.length;
  if (bytes.length < start + length) return undefined;
  const retryAfter = /^retry-after: *(\d+)/im.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
    body: bytes.toString('utf8', start, start + length),
  };
}
