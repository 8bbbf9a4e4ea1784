import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { parseSettlementId } from '../../base/ids/ids.ts';
import type { Answer } from '../../domain/request/answer.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { ApproveResolution } from '../../domain/resolution/approve-resolution.ts';
import type { ProposeResolution } from '../../domain/resolution/propose-resolution.ts';
import type { ResolutionOutcome } from '../../domain/resolution/resolution.ts';
import { operatorName, resolutionReason } from '../../domain/resolution/resolution.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { ExecuteFailure } from '../../ports/store.ts';
import type { FlowDeps } from '../deps.ts';
import { policyWith } from '../policy/policy-source.ts';

/** Which reversal is resolved, and by whom. */
export type ReversalToResolve = {
  readonly settlementId: string;
  readonly legNo: number;
  readonly by: string;
};

export type ProposalOrder = ReversalToResolve & {
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
};

export type ApprovalOrder = ReversalToResolve & {
  /** Undefined: the only proposal there is. */
  readonly proposalNo: number | undefined;
};

type ResolutionDeps = Pick<FlowDeps, 'policy'> & {
  readonly store: Pick<FlowDeps['store'], 'execute' | 'readSettlement'>;
  readonly clock: Pick<FlowDeps['clock'], 'now'>;
};

/**
 * 人工销账, first step: an operator says what is true of a reversal that the bank cannot answer. Nothing moves.
 * @returns approved, or declined with what is wrong; given again it is the same proposal
 */
export async function proposeResolution(
  deps: ResolutionDeps,
  order: ProposalOrder,
): Promise<Answer> {
  const by = operatorName(order.by);
  const reason = resolutionReason(order.reason);
  if (by === undefined) return refuse('REQUEST_INVALID', order, '--by');
  if (reason === undefined) return refuse('REQUEST_INVALID', order, '--reason');
  const { legNo, outcome } = order;
  return give(deps, order, (of) => ({
    type: 'propose-resolution',
    ...of,
    legNo,
    outcome,
    reason,
    by,
  }));
}

/** 人工销账, second step: another operator approves the proposal, and it is carried out. */
export async function approveResolution(
  deps: ResolutionDeps,
  order: ApprovalOrder,
): Promise<Answer> {
  const by = operatorName(order.by);
  if (by === undefined) return refuse('REQUEST_INVALID', order, '--by');
  const { legNo, proposalNo } = order;
  return give(deps, order, (of) => ({ type: 'approve-resolution', ...of, legNo, proposalNo, by }));
}

type OfSettlement = Pick<ProposeResolution, 'key' | 'settlementId' | 'at'>;

async function give(
  { store, policy, clock }: ResolutionDeps,
  subject: ReversalToResolve,
  commandOf: (of: OfSettlement) => ProposeResolution | ApproveResolution,
): Promise<Answer> {
  const settlement = await find(store, subject);
  if (settlement === undefined) return refuse('SETTLEMENT_NOT_FOUND', subject);
  await policyWith(policy, settlement.packId);
  const { key, id: settlementId } = settlement;
  const result = await store.execute(commandOf({ key, settlementId, at: clock.now() }));
  return result.ok ? result.value.answer : refuse(codeOfFailure[result.error.kind], subject);
}

async function find(
  store: ResolutionDeps['store'],
  { settlementId }: ReversalToResolve,
): Promise<Settlement | undefined> {
  const id = parseSettlementId(settlementId);
  return id === undefined ? undefined : (await store.readSettlement(id))?.settlement;
}

const codeOfFailure: { readonly [K in ExecuteFailure['kind']]: ErrorCode } = {
  busy: 'BUSY',
  unavailable: 'UNAVAILABLE',
  'outcome-unknown': 'OUTCOME_NOT_KNOWN_YET',
};

function refuse(code: ErrorCode, { settlementId }: ReversalToResolve, detail?: string): Answer {
  return declinedAnswer(code, { settlementId, ...(detail !== undefined && { detail }) });
}
