import type { Kysely } from 'kysely';
import type { Action } from '../../domain/principal/actions.ts';
import type { Proposal } from '../../domain/principal/proposal.ts';
import type { NewProposal, ProposalStore } from '../../ports/proposals.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { inTransaction } from '../reference/in-transaction.ts';
import type { Database } from '../tables/schema.ts';
import { recordAudit } from './audit-log.ts';

/** Proposals of acts that take two people; see the port. */
export function createProposalStore(database: Kysely<Database>): ProposalStore {
  return {
    addProposal: (proposal, entry) =>
      inTransaction(database, async (transaction) => {
        const { proposal_no: proposalNo } = await transaction
          .insertInto('proposal')
          .values(rowOf(proposal))
          .returning('proposal_no')
          .executeTakeFirstOrThrow();
        await recordAudit(transaction, { ...entry, subject: `proposal ${proposalNo}` });
        return { ...proposal, proposalNo, end: undefined };
      }),
    async readProposal(proposalNo) {
      const query = selectProposals(database).where('p.proposal_no', '=', proposalNo);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && proposalOf(row);
    },
    async listOpenProposals(at) {
      const query = selectProposals(database)
        .where('e.proposal_no', 'is', null)
        .where('p.expires_at', '>', BigInt(at))
        .orderBy('p.proposal_no');
      return (await orUnavailable(query.execute())).map(proposalOf);
    },
    endProposal: ({ proposalNo, by: proposer }, { verdict, by, at }, entry) =>
      inTransaction(database, async (transaction) => {
        const ended = await transaction
          .insertInto('proposal_end')
          .values({
            ...{ proposal_no: proposalNo, proposed_by: proposer.id, verdict },
            ...{ ended_by: by.id, ended_session: by.session ?? null, ended_at: BigInt(at) },
          })
          .onConflict((conflict) => conflict.column('proposal_no').doNothing())
          .returning('proposal_no')
          .executeTakeFirst();
        if (ended !== undefined) await recordAudit(transaction, entry);
        return ended !== undefined;
      }),
  };
}

function rowOf(proposal: NewProposal) {
  const { action, region, institution, content, reason, by, at, expiresAt } = proposal;
  return {
    ...{ action, region, institution: institution ?? null, content, reason },
    ...{ proposed_by: by.id, proposed_session: by.session ?? null },
    ...{ proposed_at: BigInt(at), expires_at: BigInt(expiresAt) },
  };
}

function selectProposals(database: Kysely<Database>) {
  return database
    .selectFrom('proposal as p')
    .leftJoin('proposal_end as e', 'e.proposal_no', 'p.proposal_no')
    .select(['p.proposal_no', 'p.action', 'p.region', 'p.institution', 'p.content', 'p.reason'])
    .select(['p.proposed_by', 'p.proposed_session', 'p.proposed_at', 'p.expires_at'])
    .select(['e.verdict', 'e.ended_by', 'e.ended_session', 'e.ended_at']);
}

type ProposalRow = Awaited<
  ReturnType<ReturnType<typeof selectProposals>['executeTakeFirstOrThrow']>
>;

function proposalOf(row: ProposalRow): Proposal {
  const { verdict, ended_by: endedBy, ended_session: endedSession, ended_at: endedAt } = row;
  return {
    proposalNo: row.proposal_no,
    // Whoever proposed it was authorised for it by this name.
    action: row.action as Action,
    region: row.region,
    institution: row.institution ?? undefined,
    content: row.content,
    reason: row.reason,
    by: { id: row.proposed_by, session: row.proposed_session ?? undefined },
    at: Number(row.proposed_at),
    expiresAt: Number(row.expires_at),
    end:
      verdict === null || endedBy === null
        ? undefined
        : { verdict, by: { id: endedBy, session: endedSession ?? undefined }, at: Number(endedAt) },
  };
}
