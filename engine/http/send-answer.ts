import type { FastifyReply } from 'fastify';
import type { RenderedAnswer } from '../domain/request/request-record.ts';
import type { Answered } from '../flows/execute-command.ts';
import type { FlowAnswer } from '../flows/flow-answer.ts';
import { answerBytes } from '../render/answer-bytes.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { renderFlowAnswer } from './render-flow-answer.ts';

/** Renders what a flow came to and sends it. */
export function sendAnswer(reply: FastifyReply, answer: FlowAnswer): FastifyReply {
  return sendRendered(reply, renderFlowAnswer(answer));
}

/** Sends stored bytes unchanged, so that a repeat gets the same. */
function sendRendered(reply: FastifyReply, answer: RenderedAnswer): FastifyReply {
  const type = answer.status >= 400 ? PROBLEM_TYPE : 'application/json; charset=utf-8';
  return reply.code(answer.status).type(type).send(answerBytes(answer));
}

/** Sends the bytes that were stored, with `idempotent-replay` and Retry-After (whole seconds, at least 1). */
export function sendAnswered(reply: FastifyReply, answered: Answered): FastifyReply {
  if (answered.isReplay) reply.header('idempotent-replay', 'true');
  if (answered.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(answered.retryAfterMs / 1000))));
  }
  return sendRendered(reply, answered.rendered ?? renderFlowAnswer(answered.answer));
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
