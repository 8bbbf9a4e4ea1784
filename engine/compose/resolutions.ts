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
import { readStore, withOperatorStore } from './operator-deps.ts';

/** Open legs that are listed at most. */
const LISTED_MAX = 1_000;

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
  return withOperatorStore(config, credentials, (deps, by) => propose(deps, { ...order, by }));
}

/** Second step: another operator, under another login, approves a proposal, which is then executed. */
export async function approveResolution(
  config: Config,
  credentials: Credentials | undefined,
  order: Unsigned<ApprovalOrder>,
): Promise<ToldAnswer> {
  return withOperatorStore(config, credentials, (deps, by) => approve(deps, { ...order, by }));
}
