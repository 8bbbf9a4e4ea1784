import type { FastifyRequest } from 'fastify';

import { parseRequestKey, parseSettlementId } from '../../../base/ids/ids.ts';
import { EnquiryDocument, EnquiryQuery } from '../../../contract/enquiry.ts';
import { ProblemResponse, UnknownDocument } from '../../../contract/problem.ts';
import { RefundDocument, RefundRequest } from '../../../contract/refund.ts';
import {
  SettlementDocument,
  SettlementParams,
  SettlementRequest,
} from '../../../contract/settlement.ts';
import { findByRequestKey, readSettlement } from '../../../flows/enquiry/read-settlement.ts';
import { refundSettlement } from '../../../flows/refund/refund-settlement.ts';
import { settleBill } from '../../../flows/settlement/settle-bill.ts';
import { requireCaller } from '../../auth/terminal-signature.ts';
import { sendProblem } from '../../problem.ts';
import { requestFingerprint } from '../../request-fingerprint.ts';
import type { Scope } from '../../scope.ts';
import { sendAnswer, sendAnswered, sendWhenDone } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

function fingerprintRequest(request: FastifyRequest): string {
  return requestFingerprint({
    method: request.method,
    path: request.raw.url ?? '',
    rawBody: request.rawBody,
  });
}

/** POST /v1/settlements and everything below it. */
export function registerSettlements(scope: Scope): void {
  registerSettle(scope);
  registerFind(scope);
  registerRead(scope);
  registerRefund(scope);
}

function registerSettle({ app, run, authenticate, onAnswered }: Scope): void {
  app.post(
    '/v1/settlements',
    {
      config: { action: 'bill.settle' },
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'settle',
        summary: 'Settle a bill (结算): money moves',
        description:
          'Same key and same bytes: the same answer again, with idempotent-replay: true. ' +
          'Another body: KEY_REUSED. Still running: KEY_IN_PROGRESS and Retry-After.',
        body: SettlementRequest,
        response: { 200: SettlementDocument, 202: UnknownDocument, default: ProblemResponse },
      },
    },
    (request, reply) => {
      const caller = requireCaller(request);
      const fingerprint = fingerprintRequest(request);
      const settled = run('settle', (deps) => settleBill(deps, caller, request.body, fingerprint));
      sendWhenDone(reply, settled, (settleReply, answered) => {
        onAnswered('settle', answered, caller.terminal.id);
        return sendAnswered(settleReply, answered);
      });
    },
  );
}

function registerFind({ app, run, authenticate }: Scope): void {
  app.get(
    '/v1/settlements',
    {
      config: { action: 'settlement.read' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'findByRequestKey',
        summary: 'What became of a request key of this terminal',
        description:
          'No items: the key is unknown. That is final only when no copy of the request can still ' +
          'arrive: when a second enquiry finds none either and its serverTime is three minutes after ' +
          'that of the first (made after the last copy was sent). Until then send the same bytes again ' +
          'or enquire again, and do not settle under another key.',
        querystring: EnquiryQuery,
        response: { 200: EnquiryDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const key = parseRequestKey(request.query.requestKey);
      if (key === undefined) return sendProblem(reply, 'REQUEST_INVALID');
      const caller = requireCaller(request);
      const found = await run('enquire', (deps) => findByRequestKey(deps, caller, key));
      return sendAnswer(reply, found);
    },
  );
}

function registerRead({ app, run, authenticate }: Scope): void {
  app.get(
    '/v1/settlements/:id',
    {
      config: { action: 'settlement.read' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'readSettlement',
        summary: 'The settlement document in any state',
        params: SettlementParams,
        response: { 200: SettlementDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const id = parseSettlementId(request.params.id);
      if (id === undefined) return sendProblem(reply, 'SETTLEMENT_NOT_FOUND');
      const caller = requireCaller(request);
      return sendAnswer(reply, await run('read', (deps) => readSettlement(deps, caller, id)));
    },
  );
}

function registerRefund({ app, run, authenticate, onAnswered }: Scope): void {
  app.post(
    '/v1/settlements/:id/refunds',
    {
      config: { action: 'refund.make' },
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'refund',
        summary: 'Refund a settlement, whole or by line (退费)',
        params: SettlementParams,
        body: RefundRequest,
        response: { 200: RefundDocument, 202: UnknownDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const id = parseSettlementId(request.params.id);
      if (id === undefined) return sendProblem(reply, 'SETTLEMENT_NOT_FOUND');
      const caller = requireCaller(request);
      const order = { body: request.body, fingerprint: fingerprintRequest(request) };
      const answered = await run('refund', (deps) => refundSettlement(deps, caller, id, order));
      onAnswered('refund', answered, caller.terminal.id);
      return sendAnswered(reply, answered);
    },
  );
}
