import { ProblemResponse } from '../../../contract/problem.ts';
import { QuoteDocument, QuoteRequest } from '../../../contract/quote.ts';
import { quoteBill } from '../../../flows/settlement/quote-bill.ts';
import { callerOf } from '../../auth/terminal-signature.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** POST /v1/quotes: who would pay what. No money moves, nothing is stored. */
export function registerQuotes({ app, run, authenticate }: Scope): void {
  app.post(
    '/v1/quotes',
    {
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'quote',
        summary: 'Split a bill without settling it (试算)',
        body: QuoteRequest,
        response: { 200: QuoteDocument, default: ProblemResponse },
      },
    },
    (request, reply) => {
      const caller = callerOf(request);
      const quote = run('quote', (deps) => quoteBill(deps, caller, request.body));
      sendWhenDone(reply, quote, sendAnswer);
    },
  );
}
