import type { Proposal, ProposalEnd } from '../domain/principal/proposal.ts';
import type { AuditEntry } from './audit.ts';

export type NewProposal = Omit<Proposal, 'proposalNo' | 'end'>;

/** What waits for a second person. Rows are only ever added; every call may throw StoreUnavailable. */
export type ProposalStore = {
  /** @param entry without its subject, which names the new number */
  addProposal(proposal: NewProposal, entry: AuditEntry): Promise<Proposal>;
  readProposal(proposalNo: bigint): Promise<Proposal | undefined>;
  /** Those that nobody has ended, and that can be approved at `at` (ms), the oldest first. */
  listOpenProposals(at: number): Promise<readonly Proposal[]>;
  /** @returns false: somebody has ended it meanwhile */
  endProposal(proposal: Proposal, end: ProposalEnd, entry: AuditEntry): Promise<boolean>;
};
