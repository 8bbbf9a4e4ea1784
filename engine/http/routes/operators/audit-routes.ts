import { TrailDocument, TrailRequest } from '../../../contract/operator.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import { isAction } from '../../../domain/principal/actions.ts';
import { readTrail } from '../../../flows/operator/read-trail.ts';
import { trailItemDocument } from '../../../render/trail-json.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** POST /v1/operator/audit: who did and read what, for auditors. */
export function registerAudit({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/audit',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'auditList',
        summary: 'Acts and reads, the newest first; this read leaves a row too',
        body: TrailRequest,
        response: { 200: TrailDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { since, until, action, limit, ...asked } = request.body;
      if (action !== undefined && !isAction(action)) {
        const detail = 'body/action: there is no such action';
        return sendOfficeRefusal(reply, { code: 'REQUEST_INVALID', detail });
      }
      const { principal } = requireOperator(request);
      const period = { since: Date.parse(since), until: Date.parse(until) };
      const order = { ...asked, ...period, action, limit: Number(limit) };
      const found = await readTrail(office, principal, order);
      if (!found.ok) return sendOfficeRefusal(reply, found.error);
      return sendJson(reply, 200, { items: found.value.map(trailItemDocument) });
    },
  );
}
