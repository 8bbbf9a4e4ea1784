import type { FastifyReply } from 'fastify';
import type { RenderedAnswer } from '../domain/request/request-record.ts';
import type { Answered } from '../flows/execute-command.ts';
import type { FlowAnswer } from '../flows/flow-answer.ts';
import { answerBytes } from '../render/answer-bytes.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { renderFlowAnswer } from './render-flow-answer.ts';

/** Renders a flow's answer and sends it. */
export function sendAnswer(reply: FastifyReply, answer: FlowAnswer): FastifyReply {
  return sendRendered(reply, renderFlowAnswer(answer));
}

/** Sends rendered bytes unchanged, so that a repetition gets the same bytes. */
export function sendRendered(reply: FastifyReply, answer: RenderedAnswer): FastifyReply {
  const type = answer.status >= 400 ? PROBLEM_TYPE : 'application/json; charset=utf-8';
  return reply.code(answer.status).type(type).send(answerBytes(answer));
}

/** Sends the stored bytes, with `idempotent-replay` and Retry-After (whole seconds, at least 1). */
export function sendAnswered(reply: FastifyReply, answered: Answered): FastifyReply {
  if (answered.isReplay) reply.header('idempotent-replay', 'true');
  if (answered.retryAfterMs !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(answered.retryAfterMs / 1000))));
  }
  return sendRendered(reply, answered.rendered ?? renderFlowAnswer(answered.answer));
}

/**
 * Sends the result of an operation. The handler must not return the reply: Fastify would then watch the end
 * of the response with a dozen listeners per request.
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

/** Sends a value as JSON, for answers that are not stored. */
export function sendJson(reply: FastifyReply, status: number, value: object): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(value));
}
