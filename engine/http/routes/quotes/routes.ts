import { ProblemResponse } from '../../../contract/problem.ts';
import { QuoteDocument, QuoteRequest } from '../../../contract/quote.ts';
import { quoteBill } from '../../../flows/settlement/quote-bill.ts';
import { requireCaller } from '../../auth/terminal-signature.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** POST /v1/quotes (预结算): who would pay what. Moves no money, stores nothing. */
export function registerQuotes({ app, run, authenticate }: Scope): void {
  app.post(
    '/v1/quotes',
    {
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      config: { action: 'bill.quote', storesNothing: true },
      schema: {
        operationId: 'quote',
        summary: 'Split a bill without settling it (试算)',
        body: QuoteRequest,
        response: { 200: QuoteDocument, default: ProblemResponse },
      },
    },
    (request, reply) => {
      const caller = requireCaller(request);
      const quote = run('quote', (deps) => quoteBill(deps, caller, request.body));
      sendWhenDone(reply, quote, sendAnswer);
    },
  );
}
