import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { AuditLog } from '../../ports/audit.ts';
import type { Environment } from '../../ports/environment.ts';
import type { Keys } from '../../ports/keys.ts';
import type { OperatorStore } from '../../ports/operators.ts';

/** What the flows on operators' accounts and sessions work with. */
export type OfficeDeps = {
  readonly operators: OperatorStore;
  readonly audit: AuditLog;
  readonly keys: Pick<Keys, 'seal' | 'open'>;
  readonly environment: Pick<Environment, 'now' | 'randomBytes'>;
};

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
