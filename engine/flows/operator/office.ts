import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import type { Action } from '../../domain/principal/actions.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { Proposal } from '../../domain/principal/proposal.ts';
import type { AuditLog, AuditReads } from '../../ports/audit.ts';
import type { Environment } from '../../ports/environment.ts';
import type { Keys } from '../../ports/keys.ts';
import type { OperatorStore } from '../../ports/operators.ts';
import type { ProposalStore } from '../../ports/proposals.ts';

/** What the flows on operators' accounts and sessions work with. */
export type OfficeDeps = {
  readonly operators: OperatorStore;
  readonly audit: AuditLog;
  readonly trail: AuditReads;
  readonly proposals: ProposalStore;
  /**
   * What is done once a second person has approved it; other proposals are approved where they were made.
   */
  readonly executors: Executors;
  readonly keys: Pick<Keys, 'seal' | 'open'>;
  readonly environment: Pick<Environment, 'now' | 'randomBytes'>;
};

/** Does what was approved. It may be called again, and then changes nothing more. */
export type Executor = (
  proposal: Proposal,
  by: Principal,
) => Promise<Result<undefined, OfficeRefusal>>;
export type Executors = Partial<Readonly<Record<Action, Executor>>>;

/** Why an operator's flow ended without a result. */
export type OfficeRefusal = {
  readonly code: ErrorCode;
  /** When it makes sense to come back, ms. */
  readonly retryAfterMs?: number;
  readonly detail?: string;
};

/** The principal of an account before it has proved anything: for the audit of tries. */
export function unproved(name: string): Pick<Principal, 'kind' | 'id'> {
  return { kind: 'operator', id: name };
}

export function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
