import type { ErrorCode } from '../base/errors/error-registry.ts';
import type { Action } from '../domain/principal/actions.ts';
import type { ActionScope } from '../domain/principal/authorise.ts';
import type { Principal } from '../domain/principal/principal.ts';

/**
 * One row of the audit. begun: the act follows, and its end is another row. done, refused: how it ended.
 * read: the data are given after the row is durable.
 */
export type AuditEntry = {
  /** ms */
  readonly at: number;
  readonly by: Pick<Principal, 'kind' | 'id' | 'session'>;
  readonly action: Action;
  /** Its person is stored as a keyed reference only. */
  readonly scope: ActionScope;
  /** What it was about, where that is no person: the id of a settlement, the name of an account. */
  readonly subject?: string | undefined;
  readonly outcome: 'begun' | 'done' | 'refused' | 'read';
  /** Why it was refused. */
  readonly code?: ErrorCode | undefined;
  /** Reason or evidence as it was given; no personal data. */
  readonly evidence?: string | undefined;
  /** The row of the act's beginning. */
  readonly begunNo?: bigint | undefined;
};

/** Rows are only ever added. */
export type AuditLog = {
  /** @returns the number of the row, once it is durable. @throws StoreUnavailable: nothing may be given */
  record(entry: AuditEntry): Promise<bigint>;
};

/** Where the two records of what was done are read together. */
export type AuditReads = {
  /** Newest first; at most `limit`. */
  listTrail(query: TrailQuery): Promise<readonly TrailItem[]>;
};

export type TrailQuery = {
  /** ms; from the first, before the second. */
  readonly since: number;
  readonly until: number;
  readonly personNo?: string | undefined;
  /** Id of a principal. */
  readonly by?: string | undefined;
  readonly action?: Action | undefined;
  /** What the reader is responsible for; items elsewhere are left out. */
  readonly reach: Principal['scopes'];
  readonly limit: number;
};

/**
 * An audit row; or a request of a terminal that settled or refunded, or a step of a card, which are their own
 * records.
 */
export type TrailItem = {
  readonly source: 'audit' | 'request' | 'card';
  /** Number of the audit row; undefined for other records. */
  readonly auditNo: bigint | undefined;
  readonly at: number;
  readonly by: { readonly kind: Principal['kind']; readonly id: string };
  readonly action: string;
  readonly regions: readonly string[];
  readonly institution: string | undefined;
  readonly subject: string | undefined;
  readonly personRef: string | undefined;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly evidence: string | undefined;
  readonly begunNo: bigint | undefined;
};
