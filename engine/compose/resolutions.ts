/** Composition of the operators' commands on open reversals, which run beside a running engine. */
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { ApprovalOrder, ProposalOrder } from '../flows/operator/resolve-reversal.ts';
import {
  approveResolution as approve,
  proposeResolution as propose,
} from '../flows/operator/resolve-reversal.ts';
import type { Config } from '../ops/config.ts';
import type { OpenLeg } from '../ports/bank-legs.ts';
import type { Credentials } from './operator.ts';
import type { Unsigned } from './operator-deps.ts';
import { onSettlement, readStore } from './operator-deps.ts';

/** Open legs that are listed at most. */
const LISTED_MAX = 1_000;
/** Characters of what an audit row gives as its reason. */
const EVIDENCE_MAX = 500;

/** Open reversals and repeated refunds, oldest first, with their proposals. */
export async function listReversals(config: Config): Promise<readonly OpenLeg[]> {
  return readStore(config, (store) => store.listOpenLegs(LISTED_MAX));
}

/** First step of a manual resolution (人工销账): stores a proposal under the operator's login. */
export async function proposeResolution(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ProposalOrder>,
): Promise<ToldAnswer> {
  const { settlementId, outcome, reason } = order;
  const about = { action: 'reversal.resolve', settlementId } as const;
  const act = { ...about, evidence: `proposed: ${outcome}; ${reason}`.slice(0, EVIDENCE_MAX) };
  return onSettlement(config, credentials, act, (deps, by) => propose(deps, { ...order, by }));
}

/** Second step: another operator, under another login, approves a proposal, which is then executed. */
export async function approveResolution(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ApprovalOrder>,
): Promise<ToldAnswer> {
  const { settlementId, legNo } = order;
  const about = { action: 'reversal.resolve', settlementId } as const;
  const act = { ...about, evidence: `approved: leg ${legNo}` };
  return onSettlement(config, credentials, act, (deps, by) => approve(deps, { ...order, by }));
}
