import { callerOf } from '../../auth/terminal-signature.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';
import { ProblemResponse } from '../../wire-schemas.ts';
import { QuoteAnswer, QuoteRequest } from './schemas.ts';

/** POST /v1/quotes: who would pay what. No money moves, nothing is stored. */
export function registerQuotes({ app, operations, authenticate }: Scope): void {
  app.post(
    '/v1/quotes',
    {
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'quote',
        summary: 'Split a bill without settling it (试算)',
        body: QuoteRequest,
        response: { 200: QuoteAnswer, default: ProblemResponse },
      },
    },
    (request, reply) => {
      sendWhenDone(reply, operations.quote(callerOf(request), request.body), sendAnswer);
    },
  );
}
