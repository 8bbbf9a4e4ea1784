/**
 * Matches answers of the bank link to requests in flight. An answer counts only if a request waits for it
 * (message type, trace, terminal, merchant), its MAC is good, and amount, card and batch agree. Everything
 * else is logged and changes nothing.
 */

import type { Result } from '../../base/errors/result.ts';
import { ok } from '../../base/errors/result.ts';
import type { BankLateAnswer, BankNotSent, BankUnknown } from '../../ports/bank.ts';
import type { MacKey } from '../../ports/keys.ts';
import type { BankLinkLog, Connection } from './connection.ts';
import { createConnection } from './connection.ts';
import type { AnswerForm, EchoedFields } from './matching.ts';
import {
  exchangeKey,
  mismatchedField,
  readEchoedFields,
  readLateEcho,
  requestMti,
} from './matching.ts';
import type { ExchangeResult } from './replies.ts';
import { isApproval, toLateAnswer } from './replies.ts';
import type { CodecError } from './wire/codec.ts';
import { decode, encode } from './wire/codec.ts';
import { describe } from './wire/describe.ts';
import type { Frame } from './wire/framer.ts';
import { writeFrame } from './wire/framer.ts';
import { encodeWithMac, hasGoodMac } from './wire/mac.ts';
import type { Message } from './wire/message-spec.ts';
import { missingField } from './wire/message-spec.ts';

/** Finished requests kept in memory, to recognise late and repeated answers. */
const FINISHED_MAX = 10_000;

/**
 * Unanswered requests in a row after which the connection is replaced. A connection may die without an
 * error (a firewall dropped it, the host hangs), which TCP notices only after a quarter of an hour. `idle`:
 * the limit while no other request is open; `ever`: the limit in any case, since open requests will not be
 * answered.
 */
const UNANSWERED_MAX = { idle: 2, ever: 10 };

export type ExchangeOptions = {
  readonly host: string;
  readonly port: number;
  /** Upper-case hex, 5 bytes. */
  readonly tpdu: string;
  /** Upper-case hex, 6 bytes. */
  readonly header: string;
  /** Time limit for an answer, ms. */
  readonly timeoutMs: number;
  /** How long a request waits for a connection before it is refused as not sent, ms. */
  readonly connectTimeoutMs: number;
  /** Limit of requests in flight; more are refused as not sent. */
  readonly inFlightMax: number;
  readonly log: BankLinkLog;
  /** What the acquirer's answers repeat of their requests. */
  readonly answerForm: AnswerForm;
  /** Called at most once for each request without a delivered answer, and for a later approval. */
  readonly onLateAnswer: (answer: BankLateAnswer) => void;
  /** The terminal's current MAC key; it may have changed since the request was sent. */
  readonly currentMacKey: (terminalId: string) => MacKey | undefined;
};

export type Exchange = {
  /** Sends a message once and waits for its answer. `macKey` undefined: a sign-in, which has no MAC. */
  ask(request: Message, macKey: MacKey | undefined): Promise<ExchangeResult>;
  /** Refuses new requests, waits for those in flight, disconnects. */
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
/** A finished request in memory; contains no PIN block and no card number. */
type Finished = {
  readonly macKey: MacKey | undefined;
  readonly echoed: EchoedFields | undefined;
  /** The last answer given to the caller. An approval may follow the refusal of another copy. */
  readonly delivered: 'nothing' | 'no-approval' | 'approval';
};
type Link = {
  readonly options: ExchangeOptions;
  readonly pending: Map<string, Pending>;
  /** Oldest first. */
  readonly finished: Map<string, Finished>;
  connecting: number;
  /** Number of frames of any kind received. */
  framesReceived: number;
  /** Requests in a row during which no frame arrived. */
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
    options.log.warn({ error: frame.error }, 'bank-request-rejected');
    return notSent('malformed');
  }
  if (link.closed) return notSent('closed');
  if (pending.size + link.connecting >= options.inFlightMax) return notSent('busy');
  link.connecting++;
  const connected = await connection.ready(options.connectTimeoutMs);
  link.connecting--;
  if (link.closed) return notSent('closed');
  const key = exchangeKey(question.request.mti, question.request, options.answerForm);
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

/** Counts a request without any frame from the host; at the limit the connection is replaced. */
function countUnanswered(link: Link, connection: Connection): void {
  link.unanswered += 1;
  if (link.unanswered < (link.pending.size === 0 ? UNANSWERED_MAX.idle : UNANSWERED_MAX.ever))
    return;
  link.unanswered = 0;
  link.options.log.warn({}, 'bank-link-abandoned');
  connection.reconnect();
}

function finish(link: Link, key: string, answer: ExchangeResult): void {
  const pending = link.pending.get(key);
  if (pending === undefined) return;
  clearTimeout(pending.timer);
  link.pending.delete(key);
  const { macKey, request } = pending;
  const delivered = answer.kind === 'reply' ? classifyReply(answer.message) : 'nothing';
  remember(link, key, { macKey, echoed: readEchoedFields(request), delivered });
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
  const { log, answerForm } = link.options;
  link.framesReceived += 1;
  link.unanswered = 0;
  const decoded = decode(frame.body);
  if (!decoded.ok) {
    log.warn({ error: decoded.error }, 'bank-frame-rejected');
    return;
  }
  const message = decoded.value;
  const request = requestMti(message.mti);
  const missing = missingField(message, answerForm.merchant === 'any' ? 42 : undefined);
  if (request === undefined || missing !== undefined) {
    log.warn({ message: describe(message), missing }, 'bank-message-rejected');
    return;
  }
  const key = exchangeKey(request, message, answerForm);
  const pending = link.pending.get(key);
  if (pending === undefined) {
    receiveUnexpected(link, { key, frame, message });
    return;
  }
  if (!hasKnownMac(link, pending, { frame, message })) {
    log.warn({ message: describe(message) }, 'bank-answer-unauthenticated');
    finish(link, key, unknown('bad-mac'));
    return;
  }
  const field = mismatchedField(pending.request, message, answerForm);
  if (field === undefined) {
    finish(link, key, { kind: 'reply', message });
    return;
  }
  pending.mismatched = true;
  log.warn({ message: describe(message), field }, 'bank-answer-mismatched');
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

/** Handles an answer without a waiting request: late, repeated, or to a request that is not remembered. */
function receiveUnexpected(link: Link, stray: Received & { readonly key: string }): void {
  const { log, onLateAnswer, currentMacKey, answerForm } = link.options;
  const { message, frame, key } = stray;
  const finished = link.finished.get(key);
  const reply = classifyReply(message);
  const isOld = finished !== undefined && finished.delivered !== 'nothing';
  // An approval after the refusal of another copy moved money that must be reversed, so it is reported.
  if (isOld && !(finished.delivered === 'no-approval' && reply === 'approval')) {
    log.warn({ message: describe(message) }, 'bank-answer-repeated');
    return;
  }
  log.warn(
    { message: describe(message), isKnown: finished !== undefined },
    'bank-answer-unexpected',
  );
  // A request of an earlier process is not remembered; only the terminal's key authenticates its answer.
  const macKey = finished?.macKey ?? currentMacKey(message.fields[41] ?? '');
  if (macKey === undefined || !hasKnownMac(link, { macKey }, { frame, message })) return;
  const said = readLateEcho(message, finished?.echoed, answerForm);
  if (said === undefined) return;
  remember(link, key, { macKey, echoed: finished?.echoed, delivered: reply });
  onLateAnswer(toLateAnswer(message, { ...said, hasMerchant: answerForm.merchant === 'same' }));
}
