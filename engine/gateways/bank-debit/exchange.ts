/**
 * Requests in flight over the bank link and the answers to them. An answer counts only if it comes
 * for a request that waits (message type, trace, terminal, merchant), with a good MAC, and repeats
 * its amount, card and batch; everything else is logged and changes nothing.
 */

import type { Result } from '../../base/errors/result.ts';
import { ok } from '../../base/errors/result.ts';
import type { BankLateAnswer, BankNotSent, BankUnknown } from '../../ports/bank.ts';
import type { BankLinkLog, Connection } from './connection.ts';
import { createConnection } from './connection.ts';
import type { EchoedFields } from './matching.ts';
import { exchangeKey, mismatchedField, readEchoedFields, requestMti } from './matching.ts';
import type { ExchangeResult } from './replies.ts';
import { isApproval, toLateAnswer } from './replies.ts';
import type { CodecError } from './wire/codec.ts';
import { decode, encode } from './wire/codec.ts';
import { describe } from './wire/describe.ts';
import type { Frame } from './wire/framer.ts';
import { writeFrame } from './wire/framer.ts';
import type { MacKey } from './wire/mac.ts';
import { encodeWithMac, hasGoodMac } from './wire/mac.ts';
import type { Message } from './wire/message-spec.ts';
import { missingField } from './wire/message-spec.ts';

/** Finished requests that are remembered, to tell a late or second answer from a foreign one. */
const FINISHED_MAX = 10_000;

/**
 * A line may go dark without an error: a firewall forgot it, a host hangs. TCP itself notices after a
 * quarter of an hour; requests in a row without a byte from the host show it sooner. `idle`: nobody else
 * waits for an answer; `ever`: whoever waits will not get one.
 */
const UNANSWERED_MAX = { idle: 2, ever: 10 };

export type ExchangeOptions = {
  readonly host: string;
  readonly port: number;
  /** Upper-case hex, 5 bytes. */
  readonly tpdu: string;
  /** Upper-case hex, 6 bytes. */
  readonly header: string;
  /** How long an answer may take, ms. */
  readonly timeoutMs: number;
  /** How long a request may wait for a connection before it is refused unsent, ms. */
  readonly connectTimeoutMs: number;
  /** Requests that may be under way at once; more are refused unsent. */
  readonly inFlightMax: number;
  readonly log: BankLinkLog;
  /** Told once for each message that was given up. */
  readonly onLateAnswer: (answer: BankLateAnswer) => void;
  /** The terminal's MAC key of now: it may have changed since the request was sent. */
  readonly currentMacKey: (terminalId: string) => MacKey | undefined;
};

export type Exchange = {
  /**
   * Sends one message, once, and waits for its answer. `macKey` undefined: a sign-in, which has no
   * MAC.
   */
  ask(request: Message, macKey: MacKey | undefined): Promise<ExchangeResult>;
  /** Refuses new requests, waits for those under way, disconnects. */
  close(): Promise<void>;
};

type Pending = {
  readonly request: Message;
  readonly macKey: MacKey | undefined;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (answer: ExchangeResult) => void;
  readonly done: Promise<ExchangeResult>;
  mismatched: boolean;
};
/** What is remembered of a request: no PIN block, no card number. */
type Finished = {
  readonly macKey: MacKey | undefined;
  readonly echoed: Pick<EchoedFields, 'amount' | 'batch'> | undefined;
  /** The last word of the host that was passed on. An approval may follow a refusal of another copy. */
  readonly delivered: 'nothing' | 'no-approval' | 'approval';
};
type Link = {
  readonly options: ExchangeOptions;
  readonly pending: Map<string, Pending>;
  /** Oldest first. */
  readonly finished: Map<string, Finished>;
  connecting: number;
  /** Frames that came, whatever they were. */
  framesReceived: number;
  /** Requests in a row during which nothing came. */
  unanswered: number;
  closed: boolean;
};

const notSent = (reason: BankNotSent['reason']): BankNotSent => ({ kind: 'not-sent', reason });
const unknown = (reason: BankUnknown['reason']): BankUnknown => ({
  kind: 'unknown',
  reason,
  responseCode: undefined,
});

/** Opens the link and keeps it open until `close`. */
export function createExchange(options: ExchangeOptions): Exchange {
  const link: Link = {
    options,
    pending: new Map(),
    finished: new Map(),
    connecting: 0,
    framesReceived: 0,
    unanswered: 0,
    closed: false,
  };
  const connection = createConnection({
    ...options,
    onFrame: (frame) => receive(link, frame),
    onLost: () => {
      for (const key of [...link.pending.keys()]) finish(link, key, unknown('connection-lost'));
    },
  });
  return {
    ask: (request, macKey) => ask(link, connection, { request, macKey }),
    async close() {
      link.closed = true;
      await Promise.all(Array.from(link.pending.values(), ({ done }) => done));
      await connection.close();
    },
  };
}

type OutgoingRequest = { readonly request: Message; readonly macKey: MacKey | undefined };

async function ask(
  link: Link,
  connection: Connection,
  question: OutgoingRequest,
): Promise<ExchangeResult> {
  const { options, pending } = link;
  const frame = encodeFrame(options, question);
  if (!frame.ok) {
    options.log.warn({ error: frame.error }, 'a request for the bank does not encode');
    return notSent('malformed');
  }
  if (link.closed) return notSent('closed');
  if (pending.size + link.connecting >= options.inFlightMax) return notSent('busy');
  link.connecting++;
  const connected = await connection.ready(options.connectTimeoutMs);
  link.connecting--;
  if (link.closed) return notSent('closed');
  const key = exchangeKey(question.request.mti, question.request);
  if (pending.has(key)) return notSent('trace-in-use');
  if (!connected || !connection.send(frame.value)) return notSent('not-connected');
  return expectAnswer(link, connection, key, question);
}

function encodeFrame(
  options: ExchangeOptions,
  { request, macKey }: OutgoingRequest,
): Result<Uint8Array, CodecError> {
  const body = macKey === undefined ? encode(request) : encodeWithMac(request, macKey);
  return body.ok
    ? ok(writeFrame({ tpdu: options.tpdu, header: options.header, body: body.value }))
    : body;
}

function expectAnswer(
  link: Link,
  connection: Connection,
  key: string,
  { request, macKey }: OutgoingRequest,
): Promise<ExchangeResult> {
  const { promise, resolve } = Promise.withResolvers<ExchangeResult>();
  const heardBefore = link.framesReceived;
  const timer = setTimeout(() => {
    const mismatched = link.pending.get(key)?.mismatched === true;
    finish(link, key, unknown(mismatched ? 'mismatch' : 'no-answer'));
    if (link.framesReceived === heardBefore) countUnanswered(link, connection);
  }, link.options.timeoutMs);
  link.finished.delete(key);
  link.pending.set(key, { request, macKey, timer, resolve, done: promise, mismatched: false });
  return promise;
}

/** The next request gets a new line. */
function countUnanswered(link: Link, connection: Connection): void {
  link.unanswered += 1;
  if (link.unanswered < (link.pending.size === 0 ? UNANSWERED_MAX.idle : UNANSWERED_MAX.ever))
    return;
  link.unanswered = 0;
  link.options.log.warn({}, 'bank link is dark: it is given up');
  connection.reconnect();
}

function finish(link: Link, key: string, answer: ExchangeResult): void {
  const pending = link.pending.get(key);
  if (pending === undefined) return;
  clearTimeout(pending.timer);
  link.pending.delete(key);
  const { macKey, request } = pending;
  const told = answer.kind === 'reply' ? classifyReply(answer.message) : 'nothing';
  remember(link, key, { macKey, echoed: readEchoedFields(request), delivered: told });
  pending.resolve(answer);
}

function classifyReply(message: Message): 'no-approval' | 'approval' {
  return isApproval(message) ? 'approval' : 'no-approval';
}

function remember(link: Link, key: string, finished: Finished): void {
  link.finished.set(key, finished);
  if (link.finished.size <= FINISHED_MAX) return;
  const oldest = link.finished.keys().next();
  if (oldest.done !== true) link.finished.delete(oldest.value);
}

function receive(link: Link, frame: Frame): void {
  const { log } = link.options;
  link.framesReceived += 1;
  link.unanswered = 0;
  const decoded = decode(frame.body);
  if (!decoded.ok) {
    log.warn({ error: decoded.error }, 'bank answer ignored: it does not decode');
    return;
  }
  const message = decoded.value;
  const request = requestMti(message.mti);
  const missing = missingField(message);
  if (request === undefined || missing !== undefined) {
    log.warn(
      { message: describe(message), missing },
      'bank message ignored: it is not a whole answer',
    );
    return;
  }
  const key = exchangeKey(request, message);
  const pending = link.pending.get(key);
  if (pending === undefined) {
    receiveUnexpected(link, { key, frame, message });
    return;
  }
  if (!hasKnownMac(link, pending, { frame, message })) {
    log.warn({ message: describe(message) }, 'bank answer with a bad MAC: taken as no answer');
    finish(link, key, unknown('bad-mac'));
    return;
  }
  const field = mismatchedField(pending.request, message);
  if (field === undefined) {
    finish(link, key, { kind: 'reply', message });
    return;
  }
  pending.mismatched = true;
  log.warn(
    { message: describe(message), field },
    'bank answer ignored: it answers another request',
  );
}

type Received = { readonly frame: Frame; readonly message: Message };

function hasKnownMac(
  link: Link,
  asked: { macKey: MacKey | undefined },
  received: Received,
): boolean {
  if (asked.macKey === undefined) return true;
  const keys = [asked.macKey, link.options.currentMacKey(received.message.fields[41] ?? '')];
  return keys.some((key) => key !== undefined && hasGoodMac(received.frame.body, key));
}

/** An answer that nobody waits for: late, a second one, or to no request that we remember. */
function receiveUnexpected(link: Link, stray: Received & { readonly key: string }): void {
  const { log, onLateAnswer, currentMacKey } = link.options;
  const { message, frame, key } = stray;
  const finished = link.finished.get(key);
  const word = classifyReply(message);
  const isOld = finished !== undefined && finished.delivered !== 'nothing';
  // Money that a copy moved after another was refused is nobody's: it must be heard of.
  if (isOld && !(finished.delivered === 'no-approval' && word === 'approval')) {
    log.warn(
      { message: describe(message) },
      'bank answer ignored: the request was answered before',
    );
    return;
  }
  const text = finished === undefined ? 'no such request' : 'it came too late';
  log.warn({ message: describe(message) }, `bank answer ignored: ${text}`);
  // What an earlier life of the engine has sent is known by the terminal's key alone.
  const macKey = finished?.macKey ?? currentMacKey(message.fields[41] ?? '');
  if (macKey === undefined || !hasKnownMac(link, { macKey }, { frame, message })) return;
  const said = readEchoedFields(message);
  if (finished?.echoed !== undefined && finished.echoed.amount !== said.amount) return;
  remember(link, key, { macKey, echoed: finished?.echoed, delivered: word });
  onLateAnswer(toLateAnswer(message, said.batch ?? finished?.echoed?.batch));
}
