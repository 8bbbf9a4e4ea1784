import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Action } from './actions.ts';
import type { Principal } from './principal.ts';
import { areTwoOperators } from './principal.ts';

/** What takes two people: one proposes it, another approves it, and then it is done. */
export type Proposal = {
  readonly proposalNo: bigint;
  readonly action: Action;
  readonly region: string;
  readonly institution: string | undefined;
  /** What would be done, in the words of the action. */
  readonly content: object;
  readonly reason: string;
  readonly by: ProposalPerson;
  /** ms */
  readonly at: number;
  /** ms; from then on nobody approves it. */
  readonly expiresAt: number;
  readonly end: ProposalEnd | undefined;
};

export type ProposalPerson = { readonly id: string; readonly session: string | undefined };

export type ProposalEnd = {
  readonly verdict: 'approved' | 'withdrawn';
  readonly by: ProposalPerson;
  readonly at: number;
};

export type ProposalRefusal =
  | 'PROPOSAL_ENDED'
  | 'PROPOSAL_EXPIRED'
  | 'PROPOSAL_NEEDS_SECOND_PERSON'
  | 'PROPOSAL_OF_ANOTHER';

/**
 * May this operator approve it now? Whoever has approved it already may again: what was cut off is then
 * done to its end.
 */
export function judgeApproval(
  proposal: Proposal,
  by: Principal,
  at: number,
): Result<undefined, ProposalRefusal> {
  const { end } = proposal;
  if (!areTwoOperators(proposerOf(proposal), by)) return fail('PROPOSAL_NEEDS_SECOND_PERSON');
  if (end?.verdict === 'approved' && end.by.id === by.id) return ok(undefined);
  if (end !== undefined) return fail('PROPOSAL_ENDED');
  return at < proposal.expiresAt ? ok(undefined) : fail('PROPOSAL_EXPIRED');
}

/** Only who has proposed it takes it back. */
export function judgeWithdrawal(
  proposal: Proposal,
  by: Principal,
): Result<undefined, ProposalRefusal> {
  if (by.kind !== 'operator' || by.id !== proposal.by.id) return fail('PROPOSAL_OF_ANOTHER');
  return proposal.end === undefined ? ok(undefined) : fail('PROPOSAL_ENDED');
}

function proposerOf({ by: { id, session } }: Proposal): Principal {
  const nothing = { roles: new Set<never>(), scopes: { regions: [], institutions: [] } };
  return { kind: 'operator', id, ...nothing, ...(session !== undefined && { session }) };
}
