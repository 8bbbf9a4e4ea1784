import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { invariant } from '../../base/errors/result.ts';
import { formatFen } from '../../base/money/fen.ts';
import type { BankHost } from '../bank-host/bank-host.ts';
import type { ControlAnswer, ControlRequest } from './control-protocol.ts';
import { announceControl, readControlMessage } from './control-protocol.ts';

export type Control = {
  readonly port: number;
  close(): Promise<void>;
};

export type ControlOptions = {
  /** Folder for the address file. */
  readonly dataDir: string;
  readonly host: Pick<BankHost, 'injectFault' | 'clearFaults' | 'accountOf'>;
  /** PAN of a sandbox person; undefined: no such person. */
  readonly panOf: (person: string) => string | undefined;
};

/** Maximum length of a message, bytes. */
const LINE_MAX = 4_096;

/** Listens on the loopback and executes requests that contain the token. */
export async function serveControl(options: ControlOptions): Promise<Control> {
  const token = randomBytes(24).toString('base64url');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client may close before the answer.
    socket.on('error', () => undefined);
    readLine(socket, (line) => socket.end(`${JSON.stringify(answer(options, token, line))}\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  invariant(address !== null && typeof address === 'object', 'the control listens on a TCP port');
  const withdraw = announceControl(options.dataDir, { controlPort: address.port, token });
  return {
    port: address.port,
    async close() {
      withdraw();
      const ended = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

function readLine(socket: Socket, onLine: (line: string) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  const collect = (chunk: string): void => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= LINE_MAX) return;
    socket.off('data', collect);
    onLine(end < 0 ? '' : text.slice(0, end));
  };
  socket.on('data', collect);
}

function answer(options: ControlOptions, token: string, line: string): ControlAnswer {
  const message = readControlMessage(line);
  if (message === undefined) return { outcome: 'refused', reason: 'malformed' };
  if (!isSame(message.token, token)) return { outcome: 'refused', reason: 'not-allowed' };
  return executeRequest(options, message.request);
}

function executeRequest({ host, panOf }: ControlOptions, request: ControlRequest): ControlAnswer {
  switch (request.do) {
    case 'inject-fault': {
      const { do: _do, ...command } = request;
      host.injectFault(command);
      return { outcome: 'done' };
    }
    case 'calm':
      host.clearFaults();
      return { outcome: 'done' };
    case 'balance': {
      const pan = panOf(request.person);
      const account = pan === undefined ? undefined : host.accountOf(pan);
      if (account === undefined) return { outcome: 'refused', reason: 'unknown-person' };
      const { balance, status, pinTriesLeft } = account;
      return { outcome: 'done', balance: { balance: formatFen(balance), status, pinTriesLeft } };
    }
  }
}

/** Compares digests, so that the time reveals neither length nor content. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
