import { isoTime } from '../base/time/calendar.ts';
import type { Proposal } from '../domain/principal/proposal.ts';

/** What a trail item has, whichever record it comes from. */
type Item = {
  readonly source: string;
  readonly auditNo: bigint | undefined;
  readonly at: number;
  readonly by: { readonly kind: string; readonly id: string };
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

/** An item of the trail as data, for the command line and over HTTP. */
export function trailItemDocument({ auditNo, begunNo, at, ...item }: Item): object {
  const { source, by, action, regions, outcome } = item;
  return {
    ...{ source, auditNo: auditNo === undefined ? null : String(auditNo), at: isoTime(at) },
    ...{ by, action, regions, institution: item.institution ?? null },
    ...{ subject: item.subject ?? null, personRef: item.personRef ?? null, outcome },
    ...{ code: item.code ?? null, evidence: item.evidence ?? null },
    begunNo: begunNo === undefined ? null : String(begunNo),
  };
}

export function proposalDocument(proposal: Proposal): object {
  const { proposalNo, action, region, institution, content, reason, by, at, expiresAt } = proposal;
  return {
    ...{ proposalNo: String(proposalNo), action, region, institution: institution ?? null },
    ...{ content, reason, by: by.id, at: isoTime(at), expiresAt: isoTime(expiresAt) },
  };
}
