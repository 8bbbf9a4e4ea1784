import {
  DoneDocument,
  EmptyRequest,
  ProposalParams,
  ProposalsDocument,
} from '../../../contract/operator.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import { approveAct, listProposals, withdrawAct } from '../../../flows/principal/two-people.ts';
import { proposalDocument } from '../../../render/trail-json.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** /v1/operator/proposals: what waits for a second person. */
export function registerProposals(scope: OperatorScope): void {
  registerList(scope);
  registerApprove(scope);
  registerWithdraw(scope);
}

function registerList({ app, office, authenticate }: OperatorScope): void {
  app.get(
    '/v1/operator/proposals',
    {
      preValidation: authenticate,
      schema: {
        operationId: 'proposals',
        summary: 'Open proposals of acts that this operator may do',
        response: { 200: ProposalsDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const open = await listProposals(office, requireOperator(request).principal);
      return sendJson(reply, 200, { proposals: open.map(proposalDocument) });
    },
  );
}

function registerApprove({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/proposals/:no/approve',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'proposalApprove',
        summary: 'Approve what another operator has proposed; it is then done',
        params: ProposalParams,
        body: EmptyRequest,
        response: { 200: DoneDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const proposalNo = BigInt(request.params.no);
      const proposal = await office.proposals.readProposal(proposalNo);
      const execute = proposal && office.executors[proposal.action];
      if (proposal === undefined || execute === undefined) {
        return sendOfficeRefusal(reply, { code: 'PROPOSAL_NOT_FOUND' });
      }
      const approval = { by, proposalNo, action: proposal.action };
      const done = await approveAct(office, approval, (approved) => execute(approved, by));
      return done.ok ? sendJson(reply, 200, { done: true }) : sendOfficeRefusal(reply, done.error);
    },
  );
}

function registerWithdraw({ app, office, authenticate }: OperatorScope): void {
  app.post(
    '/v1/operator/proposals/:no/withdraw',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'proposalWithdraw',
        summary: 'Take back one’s own proposal',
        params: ProposalParams,
        body: EmptyRequest,
        response: { 200: DoneDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const done = await withdrawAct(office, by, BigInt(request.params.no));
      return done.ok ? sendJson(reply, 200, { done: true }) : sendOfficeRefusal(reply, done.error);
    },
  );
}
