import type { OperatorIdentity } from '../../domain/operator/operator.ts';
import type { Resolution } from '../../domain/resolution/resolution.ts';
import {
  bigint,
  type ColumnsOf,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { bySettlement } from './find-rows.ts';
import { listOf, ofSettlement, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const proposalColumns = {
  ...personKey('fixed'),
  settlement_id: text('key', (row) => row.settlementId),
  proposal_no: smallint('key', (row) => row.proposalNo),
  leg_no: smallint('fixed', (row) => row.legNo),
  outcome: text('fixed', (row) => row.outcome),
  reason: text('fixed', (row) => row.reason),
  late_rrn: text('fixed', (row) => row.lateRrn),
  proposed_by: text('fixed', (row) => row.proposedBy.name),
  proposed_with: text('fixed', (row) => row.proposedBy.identity),
  proposed_at: bigint('fixed', (row) => row.proposedAt),
} satisfies ColumnsOf<Resolution>;

type Approved = Resolution & { readonly approval: NonNullable<Resolution['approval']> };

const approvalColumns = {
  ...personKey('fixed'),
  settlement_id: text('key', (row) => row.settlementId),
  proposal_no: smallint('key', (row) => row.proposalNo),
  proposed_by: text('fixed', (row) => row.proposedBy.name),
  approved_by: text('fixed', ({ approval }) => approval.by.name),
  approved_with: text('fixed', ({ approval }) => approval.by.identity),
  approved_at: bigint('fixed', ({ approval }) => approval.at),
} satisfies ColumnsOf<Approved>;

/** A proposal with its approval, if there is one. */
type ResolutionRow = StoredOf<typeof proposalColumns> & {
  readonly approved_by: string | null;
  readonly approved_with: OperatorIdentity | null;
  readonly approved_at: bigint | null;
};

function read(row: ResolutionRow): Resolution {
  const { approved_by: name, approved_with: identity, approved_at: at } = row;
  const isApproved = name !== null && identity !== null && at !== null;
  return {
    key: keyOf(row),
    settlementId: row.settlement_id,
    proposalNo: row.proposal_no,
    legNo: row.leg_no,
    outcome: row.outcome,
    reason: row.reason,
    lateRrn: row.late_rrn ?? undefined,
    proposedBy: { name: row.proposed_by, identity: row.proposed_with },
    proposedAt: Number(row.proposed_at),
    approval: isApproved ? { by: { name, identity }, at: Number(at) } : undefined,
  };
}

const proposalsWithApproval = `select t.*, a.approved_by, a.approved_with, a.approved_at
    from ${bySettlement.keys}
    cross join lateral (select * from closing_proposal p where p.shard = k.shard
      and p.settlement_id = k.settlement_id and p.person_no = k.person_no offset 0) t
    left join lateral (select * from closing_approval a where a.shard = t.shard
      and a.settlement_id = t.settlement_id and a.proposal_no = t.proposal_no offset 0) a on true`;

/** Manual resolutions as they were proposed; a proposal never changes. */
export const resolutionTable = {
  ...tableOf('closing_proposal', proposalColumns),
  reads: [
    {
      name: 'resolution',
      text: proposalsWithApproval,
      keyOf: (need) => (need.resolutions ? bySettlement.keyOf(need) : undefined),
    },
  ],
  read,
  rowKey: ({ settlementId, proposalNo }) => `${settlementId} ${proposalNo}`,
  facts: (resolutions, asked) =>
    asked.resolutions ? { resolutions: ofSettlement(resolutions, asked) } : {},
  written: ({ resolution }) => listOf(resolution),
} satisfies PersonTable<Resolution>;

/** What the second person approved; it is read together with the proposal. */
export const approvalTable = {
  ...tableOf('closing_approval', approvalColumns),
  reads: [],
  written({ resolution }) {
    const { approval } = resolution ?? {};
    return resolution && approval ? [{ ...resolution, approval }] : [];
  },
} satisfies PersonTable<Approved>;
