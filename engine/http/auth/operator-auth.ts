/** Authenticates operators by the token of their session, and keeps floods from the password check. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OfficeDeps, OfficeRefusal } from '../../flows/operator/office.ts';
import type { SignedInOperator } from '../../flows/operator/operator-session.ts';
import { findSignedIn } from '../../flows/operator/operator-session.ts';
import { createRateLimit } from '../limits/rate-limit.ts';
import { sendProblem } from '../problem.ts';
import type { OnRefused } from '../refusals.ts';
import type { App } from '../scope.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set after the session was found open. */
    operator: SignedInOperator | undefined;
  }
  interface FastifyContextConfig {
    /** Also open to an operator who must change the password first. */
    readonly beforePasswordChange?: true;
  }
}

const BEARER = /^Bearer ([A-Za-z0-9_-]{43})$/;

/** Requests of one session, and requests without an open session of one address, in a minute. */
const SESSION_REQUESTS_MAX = 600;
const STRANGER_REQUESTS_MAX = 60;

export type OperatorAuthDeps = {
  readonly office: OfficeDeps;
  readonly onRefused: OnRefused;
};

/** Whoever signs in, or uses a token that opens nothing, is counted by address. */
export function registerOperatorAuth(app: App, { office, onRefused }: OperatorAuthDeps) {
  const now = () => performance.now();
  const sessions = createRateLimit(SESSION_REQUESTS_MAX, now);
  const strangers = createRateLimit(STRANGER_REQUESTS_MAX, now);
  app.decorateRequest('operator', undefined);

  const limitStrangers = async (request: FastifyRequest, reply: FastifyReply) => {
    const waitMs = strangers.take(request.ip);
    if (waitMs === undefined) return undefined;
    onRefused({ reason: 'busy', address: request.ip });
    return sendOfficeRefusal(reply, { code: 'BUSY', retryAfterMs: waitMs });
  };

  const authenticate = async (request: FastifyRequest, reply: FastifyReply) => {
    const [, token] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    const found = token === undefined ? undefined : await findSignedIn(office, token);
    if (found === undefined || !found.ok) {
      onRefused({ reason: 'operator-not-signed-in', address: request.ip });
      const limited = await limitStrangers(request, reply);
      if (limited !== undefined) return limited;
      return sendOfficeRefusal(reply, found?.error ?? { code: 'OPERATOR_SESSION_ENDED' });
    }
    const { principal, mustChange } = found.value;
    const waitMs = sessions.take(principal.session);
    if (waitMs !== undefined) {
      return sendOfficeRefusal(reply, { code: 'BUSY', retryAfterMs: waitMs });
    }
    if (mustChange && request.routeOptions.config.beforePasswordChange !== true) {
      return sendOfficeRefusal(reply, { code: 'OPERATOR_PASSWORD_MUST_CHANGE' });
    }
    request.operator = found.value;
    return undefined;
  };
  return { authenticate, limitStrangers };
}

/** The operator of an authenticated route. @throws Error when the route does not authenticate */
export function requireOperator(request: FastifyRequest): SignedInOperator {
  if (request.operator === undefined) throw new Error('the route is not authenticated');
  return request.operator;
}

/** The problem of a refusal, with Retry-After where it makes sense to come back. */
export function sendOfficeRefusal(reply: FastifyReply, refusal: OfficeRefusal): FastifyReply {
  const { code, retryAfterMs, detail } = refusal;
  if (retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  }
  return sendProblem(reply, code, detail === undefined ? {} : { detail });
}
