import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { parseSettlementId } from '../../base/ids/ids.ts';
import type { Operator } from '../../domain/operator/operator.ts';
import type { ToldAnswer } from '../../domain/request/answer.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { ApproveResolution } from '../../domain/resolution/approve-resolution.ts';
import type { ProposeResolution } from '../../domain/resolution/propose-resolution.ts';
import type { ResolutionOutcome } from '../../domain/resolution/resolution.ts';
import { resolutionReason } from '../../domain/resolution/resolution.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { Clock } from '../../ports/environment.ts';
import type { ExecuteFailure } from '../../ports/store.ts';
import type { FlowDeps } from '../deps.ts';
import { refreshPolicyFor } from '../policy/policy-source.ts';

/** The reversal to resolve, and the operator, as the database knows them. */
export type ReversalToResolve = {
  readonly settlementId: string;
  readonly legNo: number;
  readonly by: Operator;
};

export type ProposalOrder = ReversalToResolve & {
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
};

export type ApprovalOrder = ReversalToResolve & {
  /** Undefined: the only open proposal. */
  readonly proposalNo: number | undefined;
};

type ResolutionDeps = Pick<FlowDeps, 'policy'> & {
  readonly store: Pick<FlowDeps['store'], 'execute' | 'readSettlement'>;
  readonly clock: Clock;
};

/**
 * 人工销账, first step: an operator proposes the outcome of a reversal that the bank cannot answer. No money
 * moves. Repeating it does not add a second proposal.
 * @returns approved, or declined with the reason
 */
export async function proposeResolution(
  deps: ResolutionDeps,
  order: ProposalOrder,
): Promise<ToldAnswer> {
  const reason = resolutionReason(order.reason);
  if (reason === undefined) return refuse('REQUEST_INVALID', order, '--reason');
  const { legNo, outcome, by } = order;
  return executeResolution(deps, order, (about) => ({
    type: 'propose-resolution',
    ...about,
    legNo,
    outcome,
    reason,
    by,
  }));
}

/** 人工销账, second step: another operator approves the proposal, which is then executed. */
export async function approveResolution(
  deps: ResolutionDeps,
  order: ApprovalOrder,
): Promise<ToldAnswer> {
  const { legNo, proposalNo, by } = order;
  return executeResolution(deps, order, (about) => ({
    type: 'approve-resolution',
    ...about,
    legNo,
    proposalNo,
    by,
  }));
}

type CommandSubject = Pick<ProposeResolution, 'key' | 'settlementId' | 'at'>;

async function executeResolution(
  { store, policy, clock }: ResolutionDeps,
  subject: ReversalToResolve,
  createCommand: (about: CommandSubject) => ProposeResolution | ApproveResolution,
): Promise<ToldAnswer> {
  const settlement = await find(store, subject);
  if (settlement === undefined) return refuse('SETTLEMENT_NOT_FOUND', subject);
  await refreshPolicyFor(policy, settlement.packId);
  const { key, id: settlementId } = settlement;
  const result = await store.execute(createCommand({ key, settlementId, at: clock.now() }));
  return result.ok ? result.value.answer : refuse(failureCodes[result.error.kind], subject);
}

async function find(
  store: ResolutionDeps['store'],
  { settlementId }: ReversalToResolve,
): Promise<Settlement | undefined> {
  const id = parseSettlementId(settlementId);
  return id === undefined ? undefined : (await store.readSettlement(id))?.settlement;
}

export const failureCodes: { readonly [K in ExecuteFailure['kind']]: ErrorCode } = {
  busy: 'BUSY',
  unavailable: 'UNAVAILABLE',
  'outcome-unknown': 'OUTCOME_NOT_KNOWN_YET',
};

function refuse(code: ErrorCode, { settlementId }: ReversalToResolve, detail?: string): ToldAnswer {
  return declinedAnswer(code, { settlementId, ...(detail !== undefined && { detail }) });
}
