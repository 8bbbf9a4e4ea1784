import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Action } from '../../domain/principal/actions.ts';
import { authorise } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { Proposal, ProposalPerson } from '../../domain/principal/proposal.ts';
import { judgeApproval, judgeWithdrawal } from '../../domain/principal/proposal.ts';
import type { AuditEntry } from '../../ports/audit.ts';
import type { ProposalStore } from '../../ports/proposals.ts';
import type { Act, ActDeps } from './act.ts';
import { actAs, permit } from './act.ts';

export type TwoPeopleDeps = ActDeps & { readonly proposals: ProposalStore };

type Refusal = { readonly code: ErrorCode };

/** What is proposed. `content` says what would be done; it holds no personal data. */
export type ProposalOrder = {
  readonly by: Principal;
  readonly action: Action;
  readonly region: string;
  readonly institution?: string | undefined;
  readonly content: object;
  readonly reason: string;
  /** How long somebody may approve it, ms; a week without it. */
  readonly validMs?: number;
};

const VALID_MS = 7 * 24 * 3_600_000;

/** First step of what takes two people. Nothing is done yet. */
export async function proposeAct(
  deps: TwoPeopleDeps,
  { by, action, region, institution, content, reason, validMs = VALID_MS }: ProposalOrder,
): Promise<Result<Proposal, Refusal>> {
  const scope = { regions: [region], ...(institution !== undefined && { institution }) };
  const allowed = await permit(deps, { by, action, scope, evidence: reason });
  if (!allowed.ok) return allowed;
  const at = deps.environment.now();
  const proposal = {
    ...{ action, region, institution, content, reason, by: personOf(by) },
    ...{ at, expiresAt: at + validMs },
  };
  const entry: AuditEntry = { at, by, action, scope, outcome: 'begun', evidence: reason };
  return ok(await deps.proposals.addProposal(proposal, entry));
}

/** Which proposal is approved, by whom, and for which action it must be. */
export type Approval = {
  readonly by: Principal;
  readonly proposalNo: bigint;
  readonly action: Action;
};

/**
 * Second step: another operator, in another session, approves it, and then it is done.
 * @param execute does it. It may be called again after a crash, so doing it twice is doing it once
 */
export async function approveAct<T, E extends Refusal>(
  deps: TwoPeopleDeps,
  { by, proposalNo, action }: Approval,
  execute: (proposal: Proposal) => Promise<Result<T, E>>,
): Promise<Result<T, E | Refusal>> {
  const proposal = await deps.proposals.readProposal(proposalNo);
  if (proposal === undefined || proposal.action !== action)
    return fail({ code: 'PROPOSAL_NOT_FOUND' });
  const act = actOn(proposal, by);
  const allowed = await permit(deps, act);
  if (!allowed.ok) return allowed;
  const at = deps.environment.now();
  const judged = judgeApproval(proposal, by, at);
  if (!judged.ok) return refuse(deps, act, judged.error);
  if (proposal.end === undefined) {
    const end = { verdict: 'approved', by: personOf(by), at } as const;
    const entry: AuditEntry = { ...act, at, outcome: 'done', evidence: 'approved' };
    const isEnded = await deps.proposals.endProposal(proposal, end, entry);
    if (!isEnded) return refuse(deps, act, 'PROPOSAL_ENDED');
  }
  return actAs(deps, act, () => execute(proposal));
}

/** Whoever has proposed it takes it back. */
export async function withdrawAct(
  deps: TwoPeopleDeps,
  by: Principal,
  proposalNo: bigint,
): Promise<Result<undefined, Refusal>> {
  const proposal = await deps.proposals.readProposal(proposalNo);
  if (proposal === undefined) return fail({ code: 'PROPOSAL_NOT_FOUND' });
  const act = actOn(proposal, by);
  const judged = judgeWithdrawal(proposal, by);
  if (!judged.ok) return refuse(deps, act, judged.error);
  const at = deps.environment.now();
  const end = { verdict: 'withdrawn', by: personOf(by), at } as const;
  const entry: AuditEntry = { ...act, at, outcome: 'done', evidence: 'withdrawn' };
  const isEnded = await deps.proposals.endProposal(proposal, end, entry);
  return isEnded ? ok(undefined) : refuse(deps, act, 'PROPOSAL_ENDED');
}

/** Open proposals that this operator may approve or has made. */
export async function listProposals(
  { proposals, environment }: TwoPeopleDeps,
  by: Principal,
): Promise<readonly Proposal[]> {
  const open = await proposals.listOpenProposals(environment.now());
  return open.filter((proposal) => {
    const { action, scope } = actOn(proposal, by);
    return authorise(by, action, scope).ok;
  });
}

function actOn(proposal: Proposal, by: Principal): Act {
  const { action, region, institution, proposalNo } = proposal;
  const scope = { regions: [region], ...(institution !== undefined && { institution }) };
  return { by, action, scope, subject: `proposal ${proposalNo}` };
}

function personOf({ id, session }: Principal): ProposalPerson {
  return { id, session };
}

async function refuse({ audit, environment }: ActDeps, act: Act, code: ErrorCode) {
  await audit.record({ ...act, at: environment.now(), outcome: 'refused', code });
  return fail({ code });
}
