import { ProblemResponse } from '../../../contract/problem.ts';
import { AnswerKeysDocument, SignInDocument, SignInRequest } from '../../../contract/terminal.ts';
import { signInTerminal } from '../../../flows/terminal/sign-in-terminal.ts';
import type { Keys } from '../../../ports/keys.ts';
import { requireCaller } from '../../auth/terminal-signature.ts';
import { sendProblem } from '../../problem.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** POST /v1/terminals/sign-in (签到): new session keys; signed with the device key. */
export function registerTerminals({ app, run, authenticate }: Scope): void {
  app.post(
    '/v1/terminals/sign-in',
    {
      config: { action: 'terminal.sign-in' },
      preValidation: [authenticate('ed25519'), readJsonBody],
      schema: {
        operationId: 'signIn',
        summary: 'Sign a terminal in (签到): new session keys',
        body: SignInRequest,
        response: { 200: SignInDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { terminal } = requireCaller(request);
      if (request.body.terminalId !== terminal.id) {
        const detail = 'the terminalId of the body is the keyid of the signature';
        return sendProblem(reply, 'TERMINAL_SIGNATURE_INVALID', { detail });
      }
      return sendAnswer(reply, await run('sign-in', (deps) => signInTerminal(deps, terminal)));
    },
  );
}

/** GET /v1/answer-keys, unsigned: the public keys that verify transaction certificates. */
export function registerAnswerKeys(
  app: Scope['app'],
  keys: Pick<Keys, 'answerKeyId' | 'answerPublicKey'>,
): void {
  app.get(
    '/v1/answer-keys',
    {
      schema: {
        operationId: 'answerKeys',
        summary: 'Public keys of answers',
        response: { 200: AnswerKeysDocument },
      },
    },
    async (_request, reply) => {
      const { answerKeyId, answerPublicKey } = keys;
      const key = { keyId: answerKeyId, algorithm: 'ed25519', publicKey: answerPublicKey };
      return sendJson(reply, 200, { keys: [key] });
    },
  );
}
