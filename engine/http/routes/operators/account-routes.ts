import type { FastifyReply } from 'fastify';
import type { Result } from '../../../base/errors/result.ts';
import {
  ChangeOperatorRequest,
  EmptyRequest,
  EnrolmentDocument,
  NewOperatorRequest,
  OperatorDocument,
  OperatorParams,
  OperatorsDocument,
} from '../../../contract/operator.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import type { Action } from '../../../domain/principal/actions.ts';
import { everywhere } from '../../../domain/principal/authorise.ts';
import type { Principal } from '../../../domain/principal/principal.ts';
import type { Enrolment } from '../../../flows/operator/administer-operators.ts';
import {
  addOperator,
  changeOperator,
  resetOperator,
} from '../../../flows/operator/administer-operators.ts';
import type { OfficeRefusal } from '../../../flows/operator/office.ts';
import { permit, readAs } from '../../../flows/principal/act.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';
import { operatorDocument } from './session-routes.ts';

/** /v1/operator/accounts, for administrators. */
export function registerOperatorAccounts(scope: OperatorScope): void {
  registerList(scope);
  registerAdd(scope);
  registerChange(scope);
  registerReset(scope);
}

function administer(by: Principal, subject?: string) {
  return {
    by,
    action: 'operator.administer' satisfies Action,
    scope: everywhere,
    subject,
  } as const;
}

function registerList({ app, office, authenticate }: OperatorScope): void {
  app.get(
    '/v1/operator/accounts',
    {
      preValidation: authenticate,
      schema: {
        operationId: 'operatorAccounts',
        summary: 'All accounts of operators',
        response: { 200: OperatorsDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const act = { by, action: 'operator.read', scope: everywhere } as const;
      const found = await readAs(office, act, () => office.operators.listAccounts());
      if (!found.ok) return sendOfficeRefusal(reply, found.error);
      return sendJson(reply, 200, { operators: found.value.map(operatorDocument) });
    },
  );
}

function registerAdd({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/accounts',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'operatorAdd',
        summary: 'Make an account; its password and second factor are told once',
        body: NewOperatorRequest,
        response: { 200: EnrolmentDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const { name, roles, regions, institutions, databaseLogin } = request.body;
      const allowed = await permit(office, administer(by, name));
      if (!allowed.ok) return sendOfficeRefusal(reply, allowed.error);
      const scopes = { regions, institutions };
      const order = { name, roles, scopes, databaseLogin: databaseLogin ?? undefined };
      return sendEnrolment(reply, await addOperator(office, by, order));
    },
  );
}

function registerChange({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/accounts/:name',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'operatorChange',
        summary: 'Change, suspend or close an account; its sessions end at once',
        params: OperatorParams,
        body: ChangeOperatorRequest,
        response: { 200: OperatorDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const { name } = request.params;
      const allowed = await permit(office, administer(by, name));
      if (!allowed.ok) return sendOfficeRefusal(reply, allowed.error);
      const { regions, institutions, ...order } = request.body;
      const known = await office.operators.findAccount(name);
      const scopes = {
        regions: regions ?? known?.scopes.regions ?? [],
        institutions: institutions ?? known?.scopes.institutions ?? [],
      };
      const changed = await changeOperator(office, by, name, { ...order, scopes });
      if (!changed.ok) return sendOfficeRefusal(reply, changed.error);
      return sendJson(reply, 200, operatorDocument(changed.value));
    },
  );
}

function registerReset({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/accounts/:name/reset',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'operatorReset',
        summary: 'Give an operator a new password and a new second factor',
        params: OperatorParams,
        body: EmptyRequest,
        response: { 200: EnrolmentDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const { name } = request.params;
      const allowed = await permit(office, administer(by, name));
      if (!allowed.ok) return sendOfficeRefusal(reply, allowed.error);
      return sendEnrolment(reply, await resetOperator(office, by, name));
    },
  );
}

function sendEnrolment(reply: FastifyReply, made: Result<Enrolment, OfficeRefusal>): FastifyReply {
  if (!made.ok) return sendOfficeRefusal(reply, made.error);
  const { account, password, secret, secretUri } = made.value;
  return sendJson(reply, 200, { operator: operatorDocument(account), password, secret, secretUri });
}
