import { ChallengeDocument, ChallengeRequest } from '../../../contract/challenge.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import { createStampSource, issueChallenge } from '../../../flows/card/issue-challenge.ts';
import type { Clock } from '../../../ports/environment.ts';
import { requireCaller } from '../../auth/terminal-signature.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** POST /v1/challenges: random bytes that the chip must answer, for one card, one amount, one minute. */
export function registerChallenges({ app, run, authenticate }: Scope, clock: Clock): void {
  const nextStamp = createStampSource(clock.now);
  app.post(
    '/v1/challenges',
    {
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      config: { action: 'challenge.issue', storesNothing: true },
      schema: {
        operationId: 'issueChallenge',
        summary: 'Challenge for the chip',
        body: ChallengeRequest,
        response: { 201: ChallengeDocument, default: ProblemResponse },
      },
    },
    (request, reply) => {
      const caller = requireCaller(request);
      const challenge = run('challenge', async (deps) =>
        issueChallenge(deps, nextStamp, caller, request.body),
      );
      sendWhenDone(reply, challenge, sendAnswer);
    },
  );
}
