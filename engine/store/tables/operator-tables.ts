import type { Generated } from 'kysely';
import type { AccountState } from '../../domain/operator/account.ts';
import type { PrincipalKind, Role } from '../../domain/principal/principal.ts';
import type { AuditEntry } from '../../ports/audit.ts';

/** Who acts, and what they did. Nothing here is ever removed. */
export type OperatorTables = {
  operator: OperatorTable;
  operator_credential: OperatorCredentialTable;
  operator_session: OperatorSessionTable;
  proposal: ProposalTable;
  proposal_end: ProposalEndTable;
  audit_key: { only_one: Generated<boolean>; key: Buffer };
  audit_row: AuditRowTable;
};

export type OperatorTable = {
  name: string;
  roles: Role[];
  regions: string[];
  institutions: string[];
  state: AccountState;
  database_login: string | null;
  version: number;
};

export type OperatorCredentialTable = {
  operator: string;
  password_hash: string;
  must_change: boolean;
  sealed_secret: string;
  last_step: bigint;
  wrong_tries: number;
  locked_until: bigint | null;
};

export type OperatorSessionTable = {
  id: string;
  token_hash: Buffer;
  operator: string;
  started_at: bigint;
  last_used_at: bigint;
  ended_at: bigint | null;
};

type ProposalTable = {
  proposal_no: Generated<bigint>;
  action: string;
  region: string;
  institution: string | null;
  content: object;
  reason: string;
  proposed_by: string;
  proposed_session: string | null;
  proposed_at: bigint;
  expires_at: bigint;
};

type ProposalEndTable = {
  proposal_no: bigint;
  proposed_by: string;
  verdict: 'approved' | 'withdrawn';
  ended_by: string;
  ended_session: string | null;
  ended_at: bigint;
};

type AuditRowTable = {
  audit_no: Generated<bigint>;
  at: bigint;
  principal_kind: PrincipalKind;
  principal_id: string;
  session: string | null;
  action: string;
  regions: string[];
  institution: string | null;
  subject: string | null;
  /** Written as the person's number; the database stores the reference in its place. */
  person_ref: string | null;
  outcome: AuditEntry['outcome'];
  code: string | null;
  evidence: string | null;
  begun_no: bigint | null;
};
