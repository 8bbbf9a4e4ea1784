import { isoTime } from '../../../base/time/calendar.ts';
import type { OperatorDocument } from '../../../contract/operator.ts';
import {
  DoneDocument,
  EmptyRequest,
  OperatorPasswordRequest,
  OperatorSessionDocument,
  OperatorSignInRequest,
  WhoAmIDocument,
} from '../../../contract/operator.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import type { OperatorAccount } from '../../../domain/operator/account.ts';
import { changeOwnPassword, signOutOperator } from '../../../flows/operator/operator-session.ts';
import { signInOperator } from '../../../flows/operator/sign-in-operator.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** /v1/operator/sign-in, sign-out, me, password. */
export function registerOperatorSessions(scope: OperatorScope): void {
  registerSignIn(scope);
  registerOwn(scope);
  registerPassword(scope);
}

function registerSignIn({ app, office, limitStrangers }: OperatorScope): void {
  app.post(
    '/v1/operator/sign-in',
    {
      preValidation: [limitStrangers, readJsonBody],
      schema: {
        operationId: 'operatorSignIn',
        summary: 'Sign an operator in, by password and second factor',
        security: [],
        body: OperatorSignInRequest,
        response: { 200: OperatorSessionDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const signedIn = await signInOperator(office, request.body);
      if (!signedIn.ok) return sendOfficeRefusal(reply, signedIn.error);
      const { token, account, expiresAt, mustChange } = signedIn.value;
      return sendJson(reply, 200, {
        ...{ token, expiresAt: isoTime(expiresAt), mustChangePassword: mustChange },
        operator: operatorDocument(account),
      });
    },
  );
}

function registerOwn({ app, office, authenticate }: OperatorScope): void {
  const config = { beforePasswordChange: true } as const;
  app.get(
    '/v1/operator/me',
    {
      config,
      preValidation: authenticate,
      schema: {
        operationId: 'operatorMe',
        summary: 'Who is signed in',
        response: { 200: WhoAmIDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal, account, mustChange } = requireOperator(request);
      const { session } = principal;
      const operator = operatorDocument(account);
      return sendJson(reply, 200, { session, mustChangePassword: mustChange, operator });
    },
  );
  app.post(
    '/v1/operator/sign-out',
    {
      config,
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'operatorSignOut',
        summary: 'End the session',
        body: EmptyRequest,
        response: { 200: DoneDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      await signOutOperator(office, requireOperator(request));
      return sendJson(reply, 200, { done: true });
    },
  );
}

function registerPassword({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/password',
    {
      config: { beforePasswordChange: true },
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'operatorPassword',
        summary: 'Change the own password; other sessions end',
        body: OperatorPasswordRequest,
        response: { 200: DoneDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const changed = await changeOwnPassword(office, requireOperator(request), request.body);
      return changed.ok
        ? sendJson(reply, 200, { done: true })
        : sendOfficeRefusal(reply, changed.error);
    },
  );
}

export function operatorDocument(account: OperatorAccount): OperatorDocument {
  const { name, roles, scopes, state, databaseLogin } = account;
  return { name, roles, ...scopes, state, databaseLogin: databaseLogin ?? null };
}
