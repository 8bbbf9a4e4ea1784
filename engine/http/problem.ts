/** Turns refusals and errors of the HTTP surface into answers. An exception's text is never sent. */
import type { FastifyReply } from 'fastify';

import { type ErrorCode, httpStatusOf } from '../base/errors/error-registry.ts';
import { type ProblemExtra, problemBody } from '../base/errors/problem.ts';
import type { Problem } from '../contract/problem.ts';
import { KeystoreUnavailable } from '../ports/keys.ts';
import { StoreUnavailable } from '../ports/store.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Sends the RFC 9457 problem of a code. */
export function sendProblem(
  reply: FastifyReply,
  code: ErrorCode,
  extras: ProblemExtra = {},
): FastifyReply {
  const problem: Problem = problemBody(code, extras);
  return reply.code(httpStatusOf(code)).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** The part of a request that the validator refused, in the schema's names; never the client's text. */
function describeViolation(error: object): ProblemExtra {
  if (!('validation' in error) || !Array.isArray(error.validation)) return {};
  const [first]: unknown[] = error.validation;
  if (typeof first !== 'object' || first === null) return {};
  if (!('instancePath' in first) || !('keyword' in first)) return {};
  const part = 'validationContext' in error ? String(error.validationContext) : 'body';
  return { detail: `${part}${String(first.instancePath)}: ${String(first.keyword)}` };
}

export type ClassifiedError = { readonly code: ErrorCode; readonly extras: ProblemExtra };

/**
 * The registry code of an error that Fastify or a handler threw. Fastify's errors with a 4xx status are the
 * client's fault; everything else is a bug of the engine (INTERNAL).
 */
export function classifyError(error: unknown): ClassifiedError {
  if (typeof error !== 'object' || error === null) return { code: 'INTERNAL', extras: {} };
  if (error instanceof StoreUnavailable) return { code: 'UNAVAILABLE', extras: {} };
  if (error instanceof KeystoreUnavailable) return { code: 'KEYSTORE_UNAVAILABLE', extras: {} };
  if ('code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'REQUEST_TOO_LARGE', extras: {} };
  }
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number' || status >= 500) return { code: 'INTERNAL', extras: {} };
  return { code: 'REQUEST_INVALID', extras: describeViolation(error) };
}

/**
 * Takes the place of an answer that could not be signed, which is never sent.
 * @returns the body: the outcome is not known
 */
export function leaveUnsigned(reply: FastifyReply): string {
  const code = 'ANSWER_NOT_SIGNED';
  reply.code(httpStatusOf(code)).type(PROBLEM_TYPE);
  reply.removeHeader('idempotent-replay');
  return JSON.stringify(problemBody(code));
}
