import { callerOf } from '../../auth/terminal-signature.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';
import { ProblemResponse } from '../../wire-schemas.ts';
import { ChallengeAnswer, ChallengeRequest } from './schemas.ts';

/**
 * POST /v1/challenges: a number for the chip to answer, good for one card, one amount, one minute.
 */
export function registerChallenges({ app, operations, authenticate }: Scope): void {
  app.post(
    '/v1/challenges',
    {
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'issueChallenge',
        summary: 'Challenge for the chip',
        body: ChallengeRequest,
        response: { 201: ChallengeAnswer, default: ProblemResponse },
      },
    },
    (request, reply) => {
      const challenge = operations.issueChallenge(callerOf(request), request.body);
      sendWhenDone(reply, challenge, sendAnswer);
    },
  );
}
