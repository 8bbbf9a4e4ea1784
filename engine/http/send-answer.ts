import type { FastifyReply } from 'fastify';
import type { Answer } from '../domain/decision.ts';
import { answerBytes } from '../domain/request/answer-bytes.ts';
import type { Answered } from '../flows/execute-command.ts';
import { PROBLEM_TYPE } from './problem.ts';

/** Sends an answer's JSON unchanged, so that a repeat gets the same bytes. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  const type = answer.status >= 400 ? PROBLEM_TYPE : 'application/json; charset=utf-8';
  return reply.code(answer.status).type(type).send(answerBytes(answer));
}

/** As `sendAnswer`, with `idempotent-replay` and Retry-After (whole seconds, at least 1). */
export function sendAnswered(reply: FastifyReply, answered: Answered): FastifyReply {
  if (answered.isReplay) reply.header('idempotent-replay', 'true');
  if (answered.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(answered.retryAfterMs / 1000))));
  }
  return sendAnswer(reply, answered.answer);
}

/**
 * Sends what an operation comes to. Not for `return`: a handler that gives a reply back makes Fastify watch
 * the response for its end, with a dozen listeners a request; who gives nothing back is not watched.
 */
export function sendWhenDone<T>(
  reply: FastifyReply,
  operation: Promise<T>,
  send: (reply: FastifyReply, done: T) => FastifyReply,
): void {
  const finished = operation.then((done) => {
    send(reply, done);
  });
  finished.catch((error: unknown) => {
    reply.send(error instanceof Error ? error : new Error('an operation failed'));
  });
}

/** Sends a value as JSON: for answers that are made here and stored nowhere. */
export function sendJson(reply: FastifyReply, status: number, value: object): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(value));
}
