/**
 * Verifies the signature of every /v1 request (RFC 9421, see engine/base/signatures/signature-base.ts) over
 * its raw bytes, and signs every answer. The signature is checked before time and nonce, so only authentic
 * requests fill the nonce memory or learn the server's time.
 */
import { createPublicKey, hash, verify } from 'node:crypto';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { equalBytes } from '../../base/crypto/bytes.ts';
import { causeOf } from '../../base/errors/cause-of.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { TerminalId } from '../../base/ids/ids.ts';
import {
  contentDigestOf,
  parseRequestSignatureInput,
  parseSignatureHeader,
  type RequestAlgorithm,
  type RequestSignatureInput,
  requestSignatureBase,
} from '../../base/signatures/signature-base.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { Caller } from '../../flows/deps.ts';
import type { Clock } from '../../ports/environment.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Reference, Terminal } from '../../ports/reference.ts';
import { startsWork } from '../limits/admit-requests.ts';
import { createTerminalLimit, type TerminalLimit } from '../limits/terminal-limit.ts';
import { leaveUnsigned, sendProblem } from '../problem.ts';
import { type OnRefused, type RefusalReason, reasonOfCode } from '../refusals.ts';
import type { HttpSettings } from '../settings.ts';
import type { SignAnswer } from './answer-signer.ts';
import { createNonceMemory, type NonceMemory } from './nonce-memory.ts';
import { describeSignatureFault } from './signature-fault.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set after the signature was verified. */
    caller: Caller | undefined;
    /** The request's signature (base64) when its header is well-formed, verified or not. */
    signatureText: string | undefined;
    /** When it was made and its nonce, as signed; set after the signature was verified. */
    signedAs: Pick<RequestSignatureInput, 'created' | 'nonce'> | undefined;
    /** Ends the request's place among those of its terminal. */
    leaveTerminal: (() => void) | undefined;
  }
}

export type SignatureDeps = {
  readonly reference: Pick<Reference, 'findTerminal' | 'findInstitution'>;
  readonly keys: Pick<Keys, 'sessionMac'>;
  readonly sign: SignAnswer;
  readonly clock: Clock;
  readonly settings: HttpSettings;
  readonly onRefused: OnRefused;
};

/** An uninterrupted period of this process and clock; nonces from before it are unknown. */
type NoncePeriod = { readonly startedAt: number; readonly nonces: NonceMemory; latest: number };

type Context = SignatureDeps & { period: NoncePeriod; readonly running: TerminalLimit };

/** How far the clock may be set back without a new period, ms; nonces are kept that much longer. */
const CLOCK_STEP_BACK_MAX_MS = 5_000;

type Claim = RequestSignatureInput & { readonly signature: string; readonly digest: string };

type Verdict =
  | {
      readonly kind: 'caller';
      readonly caller: Caller;
      readonly signedAs: Claim;
      readonly leave: (() => void) | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly terminalId: TerminalId | undefined;
      readonly reason: RefusalReason | undefined;
    };

/** @param terminalId of a terminal on record */
function refused(code: ErrorCode, terminalId?: TerminalId, reason = reasonOfCode[code]): Verdict {
  return { kind: 'refused', code, terminalId, reason };
}

/** Installs the signing of answers on the scope. @returns `authenticate`, a hook for its routes */
export function registerTerminalSignature(app: FastifyInstance, deps: SignatureDeps) {
  const { settings, clock } = deps;
  const period = startPeriod(settings, clock.now());
  const running = createTerminalLimit(settings.terminalRequestsMax);
  const context: Context = { ...deps, period, running };
  app.decorateRequest('caller', undefined);
  app.decorateRequest('signedAs', undefined);
  app.decorateRequest('leaveTerminal', undefined);
  app.decorateRequest('signatureText', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    request.signatureText = parseSignatureHeader(headerText(request, 'signature'));
    done();
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { signatureText, headers } = request;
    request.leaveTerminal?.();
    request.leaveTerminal = undefined;
    // Refusals are signed too, if the request has a signature to bind them to.
    if (signatureText === undefined) return payload;
    // Encoded once, for the digest and for the socket.
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    if (!Buffer.isBuffer(bytes)) return payload;
    try {
      const signed = await deps.sign({
        status: reply.statusCode,
        contentDigest: contentDigestOf(hash('sha256', bytes, 'base64')),
        requestSignature: signatureText,
        accepts: headers['accept-signature'],
      });
      reply.headers(signed);
      return bytes;
    } catch (error) {
      request.log.error({ reason: causeOf(error) }, 'answer-not-signed');
      return leaveUnsigned(reply);
    }
  });
  return (algorithm: RequestAlgorithm) => async (request: FastifyRequest, reply: FastifyReply) => {
    const verdict = await judge(context, request, algorithm);
    if (verdict.kind === 'caller') {
      request.caller = verdict.caller;
      request.signedAs = verdict.signedAs;
      request.leaveTerminal = verdict.leave;
      return undefined;
    }
    const { terminalId, reason } = verdict;
    if (reason !== undefined) deps.onRefused({ reason, terminalId, address: request.ip });
    if (verdict.code === 'BUSY') reply.header('retry-after', '1');
    const isStale = verdict.code === 'REQUEST_STALE';
    const extra = isStale ? staleness(clock.now(), settings) : faultOf(verdict, request, algorithm);
    return sendProblem(reply, verdict.code, extra);
  };
}

/** The caller of an authenticated route. @throws Error when the route does not authenticate */
export function requireCaller(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new Error('the route is not authenticated');
  return request.caller;
}

function headerText(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** What a terminal needs to correct its clock. */
function staleness(now: number, settings: HttpSettings): ProblemExtra {
  const [age, ahead] = [settings.signatureAgeMaxMs / 1000, settings.signatureAheadMaxMs / 1000];
  const detail = `created is at most ${age} s before serverTime, at most ${ahead} s after it, and not before the engine's start`;
  return { detail, serverTime: isoTime(now) };
}

function faultOf(
  { code }: { readonly code: ErrorCode },
  request: FastifyRequest,
  algorithm: RequestAlgorithm,
): ProblemExtra {
  if (code !== 'TERMINAL_SIGNATURE_INVALID') return {};
  const headers = {
    input: headerText(request, 'signature-input'),
    signature: headerText(request, 'signature'),
    digest: headerText(request, 'content-digest'),
  };
  const digest = contentDigestOf(hash('sha256', request.rawBody, 'base64'));
  return { detail: describeSignatureFault(headers, algorithm, digest) };
}

function readClaim(request: FastifyRequest): Claim | undefined {
  const input = parseRequestSignatureInput(headerText(request, 'signature-input'));
  const signature = request.signatureText;
  if (input === undefined || signature === undefined) return undefined;
  return { ...input, signature, digest: headerText(request, 'content-digest') };
}

/** Minimum age of a cached terminal before a wrong signature causes another database read, ms. */
const TERMINAL_AGE_MAX_MS = 250;

async function judge(
  context: Context,
  request: FastifyRequest,
  algorithm: RequestAlgorithm,
): Promise<Verdict> {
  const claim = readClaim(request);
  if (claim === undefined || claim.algorithm !== algorithm) {
    return refused('TERMINAL_SIGNATURE_INVALID');
  }
  const id = claim.keyId as TerminalId;
  let terminal = await context.reference.findTerminal(id);
  if (terminal === undefined) return refused('TERMINAL_UNKNOWN');
  let wrong = objectionToSignature(context, { request, claim, terminal });
  if (wrong !== undefined && algorithm === 'hmac-sm3') {
    // The terminal may have signed in at another engine since it was cached.
    terminal = (await context.reference.findTerminal(id, TERMINAL_AGE_MAX_MS)) ?? terminal;
    wrong = objectionToSignature(context, { request, claim, terminal });
  }
  if (wrong !== undefined) return refused(wrong, id);
  const objection = objectionToTime(context, claim);
  if (objection === 'BUSY') return refused(objection, id, 'busy-nonces');
  if (objection !== undefined) return refused(objection, id);
  if (!terminal.isEnabled) return refused('TERMINAL_NOT_ALLOWED', id);
  const institution = await context.reference.findInstitution(terminal.institution);
  if (institution === undefined) return refused('TERMINAL_NOT_ALLOWED', id);
  const caller = { terminal, institution };
  const verified = { kind: 'caller', caller, signedAs: claim } as const;
  if (!startsWork(request.raw)) return { ...verified, leave: undefined };
  const leave = context.running.enter(terminal.id);
  return leave === undefined ? refused('BUSY', id, 'busy-terminal') : { ...verified, leave };
}

function objectionToSignature(context: Context, evidence: Evidence): ErrorCode | undefined {
  const { claim, terminal } = evidence;
  if (claim.algorithm === 'hmac-sm3' && !hasSession(context, terminal)) {
    return 'TERMINAL_NOT_SIGNED_IN';
  }
  return isAuthentic(context, evidence) ? undefined : 'TERMINAL_SIGNATURE_INVALID';
}

function hasSession(context: Context, terminal: Terminal): boolean {
  const { session } = terminal;
  if (session === undefined) return false;
  return context.clock.now() - session.signedInAt <= context.settings.signInAgeMaxMs;
}

type Evidence = {
  readonly request: FastifyRequest;
  readonly claim: Claim;
  readonly terminal: Terminal;
};

function isAuthentic(context: Context, { request, claim, terminal }: Evidence): boolean {
  const digest = contentDigestOf(hash('sha256', request.rawBody, 'base64'));
  if (claim.digest !== digest) return false;
  const url = request.raw.url ?? '';
  const queryAt = url.indexOf('?');
  const base = Buffer.from(
    requestSignatureBase({
      ...claim,
      method: request.method,
      path: queryAt < 0 ? url : url.slice(0, queryAt),
      query: queryAt < 0 ? '' : url.slice(queryAt),
      contentDigest: digest,
    }),
  );
  const signature = Buffer.from(claim.signature, 'base64');
  if (claim.algorithm === 'hmac-sm3') {
    const key = terminal.session?.sealedMacKey;
    return key !== undefined && equalBytes(context.keys.sessionMac(key, base), signature);
  }
  const key = {
    key: Buffer.from(terminal.publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  } as const;
  const publicKey = createPublicKey(key);
  return publicKey.asymmetricKeyType === 'ed25519' && verify(null, base, publicKey, signature);
}

/**
 * Requests from before the current period are stale: they may have been accepted then, and those nonces are
 * lost. Engines do not share nonces; a request repeated at another engine is caught by its request key, or
 * where there is none by `registerAcceptOnce`.
 */
function objectionToTime(context: Context, claim: Claim): ErrorCode | undefined {
  const { settings, clock } = context;
  const now = clock.now();
  const { startedAt, nonces } = currentPeriod(context, now);
  const created = claim.created * 1000;
  const isOld = now - created > settings.signatureAgeMaxMs || created < startedAt;
  if (isOld || created - now > settings.signatureAheadMaxMs) return 'REQUEST_STALE';
  const seen = nonces.remember({ ...claim, terminalId: claim.keyId, now });
  if (seen === 'full') return 'BUSY';
  return seen === 'seen' ? 'REQUEST_REPLAYED' : undefined;
}

/**
 * Starts a new period when the clock is set back: the memory may have forgotten nonces that are valid
 * again.
 */
function currentPeriod(context: Context, now: number): NoncePeriod {
  if (now < context.period.latest - CLOCK_STEP_BACK_MAX_MS)
    context.period = startPeriod(context.settings, now);
  context.period.latest = Math.max(context.period.latest, now);
  return context.period;
}

function startPeriod(settings: HttpSettings, now: number): NoncePeriod {
  const keepMs = settings.signatureAgeMaxMs + CLOCK_STEP_BACK_MAX_MS;
  const nonces = createNonceMemory({ keepMs, entriesMax: settings.noncesMax });
  return { startedAt: now, nonces, latest: now };
}
