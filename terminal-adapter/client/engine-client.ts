/**
 * The terminal's client of the engine: signs each request, accepts only an answer that the engine
 * signed for exactly that request, and corrects the terminal's clock. It repeats a request by itself
 * in one case only: when the engine found its time stale.
 */

import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { hmacSm3 } from '../../engine/base/crypto/sm3.ts';
import type { RequestAlgorithm } from '../../engine/base/signatures/signature-base.ts';
import type { ChallengeDocument, ChallengeRequest } from '../../engine/contract/challenge.ts';
import type { EnquiryDocument } from '../../engine/contract/enquiry.ts';
import type {
  ListQueryDocument,
  ListQueryRequest,
  OfflineListDocument,
  OfflinePartDocument,
} from '../../engine/contract/invalid-list.ts';
import type { QuoteDocument, QuoteRequest } from '../../engine/contract/quote.ts';
import type { RefundDocument, RefundRequest } from '../../engine/contract/refund.ts';
import type { SettlementDocument, SettlementRequest } from '../../engine/contract/settlement.ts';
import type { AnswerKey, SignInDocument } from '../../engine/contract/terminal.ts';
import type { EngineResult } from './engine-result.ts';
import { localRefusal } from './local-refusal.ts';
import { readExchange } from './read-exchange.ts';
import { signRequest } from './sign-request.ts';
import { exchangeOnce } from './transport.ts';
import { unwrapKey } from './unwrap-key.ts';

export type TerminalClock = {
  /** ms since the epoch; may be wrong, the client corrects it by the engine's time. */
  now(): number;
  randomBytes(count: number): Uint8Array;
};

export type EngineClientOptions = {
  /**
   * "https://engine.example:8443", without a path: engines on one database, of which any may be asked.
   * When one cannot be reached, the same request goes to the next. When one does not answer, the next
   * request, an enquiry, goes to the next.
   */
  readonly baseUrls: readonly [string, ...string[]];
  readonly terminal: {
    readonly terminalId: string;
    /** Ed25519, PKCS#8 DER, base64. */
    readonly privateKey: string;
    /** SM4, 16 bytes, hex. */
    readonly masterKey: string;
  };
  readonly clock: TerminalClock;
  readonly fetch?: typeof globalThis.fetch;
  /** For one whole exchange; longer than the engine's own limit for the bank. */
  readonly timeoutMs: number;
  /**
   * The engine's answer key, installed with the terminal. Without it the client trusts the key of the
   * first sign-in, so that sign-in must use a trusted connection.
   */
  readonly trustedAnswerKey?: AnswerKey;
  /** The key that will follow `trustedAnswerKey`, or has followed: answers of either are taken. */
  readonly nextAnswerKey?: AnswerKey;
};

export type EngineClient = {
  /** New session keys; the answer's wrapped PIN keys are for the PIN pad. */
  signIn(): Promise<EngineResult<SignInDocument>>;
  challenge(request: ChallengeRequest): Promise<EngineResult<ChallengeDocument>>;
  quote(request: QuoteRequest): Promise<EngineResult<QuoteDocument>>;
  settle(request: SettlementRequest): Promise<EngineResult<SettlementDocument>>;
  refund(settlementId: string, request: RefundRequest): Promise<EngineResult<RefundDocument>>;
  settlement(settlementId: string): Promise<EngineResult<SettlementDocument>>;
  byRequestKey(requestKey: string): Promise<EngineResult<EnquiryDocument>>;
  /** On which invalid lists these cards are. */
  queryInvalidLists(request: ListQueryRequest): Promise<EngineResult<ListQueryDocument>>;
  /** The files of the compact list of invalid cards, and their bytes from an offset on. */
  offlineList(): Promise<EngineResult<OfflineListDocument>>;
  offlinePart(fileHash: string, offset: number): Promise<EngineResult<OfflinePartDocument>>;
  /** The keys that answers are signed with; none before the first sign-in without its own. */
  answerKeys(): readonly AnswerKey[];
};

/** What changes during a client's life. */
type Session = {
  macKey: Uint8Array | undefined;
  /** One of them signs answers; none is known before the first sign-in of a terminal without its own. */
  answerKeys: readonly AnswerKey[];
  offsetMs: number;
  /** Index in `baseUrls` of the engine that it asks. */
  engine: number;
};

type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
};

type Context = {
  readonly options: EngineClientOptions;
  readonly deviceKey: KeyObject;
  readonly session: Session;
};

/** A client of one terminal; throws when the device key is not one. */
export function createEngineClient(options: EngineClientOptions): EngineClient {
  const der = Buffer.from(options.terminal.privateKey, 'base64');
  const deviceKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const session = {
    ...{ macKey: undefined, answerKeys: pinnedKeys(options), offsetMs: 0, engine: 0 },
  };
  const context: Context = { options, deviceKey, session };
  const id = encodeURIComponent;
  return {
    signIn: () => signIn(context),
    challenge: (body) => call(context, { method: 'POST', path: '/v1/challenges', body }),
    quote: (body) => call(context, { method: 'POST', path: '/v1/quotes', body }),
    settle: (body) => call(context, { method: 'POST', path: '/v1/settlements', body }),
    refund: (settlementId, body) =>
      call(context, { method: 'POST', path: `/v1/settlements/${id(settlementId)}/refunds`, body }),
    settlement: (settlementId) =>
      call(context, { method: 'GET', path: `/v1/settlements/${id(settlementId)}` }),
    byRequestKey: (requestKey) =>
      call(context, { method: 'GET', path: `/v1/settlements?requestKey=${id(requestKey)}` }),
    queryInvalidLists: (body) =>
      call(context, { method: 'POST', path: '/v1/invalid-lists/queries', body }),
    offlineList: () => call(context, { method: 'GET', path: '/v1/invalid-lists/offline' }),
    offlinePart: (fileHash, offset) => {
      const path = `/v1/invalid-lists/offline/${id(fileHash)}?offset=${offset}`;
      return call(context, { method: 'GET', path });
    },
    answerKeys: () => session.answerKeys,
  };
}

async function call<Body>(context: Context, request: Call): Promise<EngineResult<Body>> {
  const { macKey, answerKeys } = context.session;
  if (macKey === undefined || answerKeys.length === 0) {
    const refusal = localRefusal('TERMINAL_NOT_SIGNED_IN');
    return { kind: 'declined', code: refusal.code, refusal, certificate: undefined };
  }
  const mac = (base: Uint8Array) => hmacSm3(macKey, base);
  return sendSigned(context, request, {
    ...({ algorithm: 'hmac-sm3', sign: mac } as const),
    keysOf: () => answerKeys,
  });
}

async function signIn(context: Context): Promise<EngineResult<SignInDocument>> {
  const { options, deviceKey, session } = context;
  const body = { terminalId: options.terminal.terminalId };
  const pinned = pinnedKeys(options);
  const result = await sendSigned<SignInDocument>(
    context,
    { method: 'POST', path: '/v1/terminals/sign-in', body },
    {
      algorithm: 'ed25519',
      sign: (base) => sign(null, base, deviceKey),
      keysOf: (text) => (pinned.length > 0 ? pinned : (offeredKeys(text) ?? session.answerKeys)),
    },
  );
  if (result.kind !== 'approved') return result;
  const macKey = unwrapKey({
    algorithm: 'sm4',
    masterKey: fromHex(options.terminal.masterKey),
    wrapped: result.body.macKey,
  });
  if (macKey === undefined) return { kind: 'unknown', refusal: undefined };
  session.macKey = macKey;
  session.answerKeys = pinned.length > 0 ? pinned : [result.body.answerKey];
  session.offsetMs = Date.parse(result.body.serverTime) - options.clock.now();
  return result;
}

/** The keys that were installed with the terminal. */
function pinnedKeys({
  trustedAnswerKey,
  nextAnswerKey,
}: Pick<EngineClientOptions, 'trustedAnswerKey' | 'nextAnswerKey'>): readonly AnswerKey[] {
  return [trustedAnswerKey, nextAnswerKey].filter((key) => key !== undefined);
}

/** The answer key inside a sign-in answer; refusals have none. */
function offeredKeys(text: string): readonly AnswerKey[] | undefined {
  try {
    const { answerKey }: { answerKey?: Partial<AnswerKey> } = JSON.parse(text);
    const { keyId, publicKey } = answerKey ?? {};
    if (typeof keyId !== 'string' || typeof publicKey !== 'string') return undefined;
    return [{ keyId, algorithm: 'ed25519', publicKey }];
  } catch {
    return undefined;
  }
}

type Signer = {
  readonly algorithm: RequestAlgorithm;
  readonly sign: (base: Uint8Array) => Uint8Array;
  /** The keys of which one must have signed an answer with this body. */
  readonly keysOf: (body: string) => readonly AnswerKey[];
};

async function sendSigned<Body>(
  context: Context,
  request: Call,
  signer: Signer,
): Promise<EngineResult<Body>> {
  const first = await attempt<Body>(context, request, signer);
  const serverTime = first.kind === 'declined' ? first.refusal.serverTime : undefined;
  if (first.kind !== 'declined' || first.code !== 'REQUEST_STALE') return first;
  const time = Date.parse(serverTime ?? '');
  if (Number.isNaN(time)) return first;
  context.session.offsetMs = time - context.options.clock.now();
  const again = await attempt<Body>(context, request, signer);
  return isNoWord(again) ? first : again;
}

/** The repeat decided nothing, and another engine may have taken the first copy. */
function isNoWord(again: EngineResult<unknown>): boolean {
  if (again.kind === 'declined') return again.refusal.retry === 'same-key';
  return again.kind === 'unreachable';
}

/** A request that could not reach an engine was not sent, so it may go to the next engine. */
async function attempt<Body>(
  context: Context,
  request: Call,
  signer: Signer,
): Promise<EngineResult<Body>> {
  const { options, session } = context;
  for (const _ of options.baseUrls) {
    const result = await attemptAt<Body>(context, request, signer);
    const isHeard = result.kind === 'approved' || result.kind === 'declined';
    if (!isHeard) session.engine = (session.engine + 1) % options.baseUrls.length;
    if (result.kind !== 'unreachable') return result;
  }
  return { kind: 'unreachable' };
}

async function attemptAt<Body>(
  context: Context,
  request: Call,
  signer: Signer,
): Promise<EngineResult<Body>> {
  const { options, session } = context;
  const url = new URL(request.path, options.baseUrls[session.engine]);
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const signed = signRequest(
    { method: request.method, url, body: body ?? '' },
    {
      terminalId: options.terminal.terminalId,
      algorithm: signer.algorithm,
      at: options.clock.now() + session.offsetMs,
      nonce: options.clock.randomBytes(16),
      sign: signer.sign,
    },
  );
  const exchange = await exchangeOnce(options.fetch ?? fetch, url, {
    method: request.method,
    headers: { ...signed.headers, ...(body === undefined ? {} : JSON_HEADERS) },
    body,
    timeoutMs: options.timeoutMs,
  });
  if (exchange.kind !== 'answered') {
    return exchange.kind === 'unknown' ? { kind: 'unknown', refusal: undefined } : exchange;
  }
  return readExchange(exchange, signed.signature, signer.keysOf);
}

const JSON_HEADERS = { 'content-type': 'application/json' };
