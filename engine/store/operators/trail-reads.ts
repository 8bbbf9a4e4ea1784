import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { PersonNo } from '../../base/ids/ids.ts';
import { shardOf } from '../../base/ids/ids.ts';
import type { PrincipalKind } from '../../domain/principal/principal.ts';
import { WHOLE_COUNTRY } from '../../domain/principal/principal.ts';
import { regionPrefix } from '../../domain/principal/region.ts';
import type { AuditReads, TrailItem, TrailQuery } from '../../ports/audit.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

type TrailRow = {
  readonly source: TrailItem['source'];
  readonly audit_no: bigint | null;
  readonly at: bigint;
  readonly kind: PrincipalKind;
  readonly id: string;
  readonly action: string;
  readonly regions: string[];
  readonly institution: string | null;
  readonly subject: string | null;
  readonly person_ref: string | null;
  readonly outcome: string;
  readonly code: string | null;
  readonly evidence: string | null;
  readonly begun_no: bigint | null;
};

/**
 * Reads audit rows and the requests of terminals as one trail. A request is its own record of a
 * settlement or refund; reading it here costs the settlement nothing.
 */
export function createAuditReads(database: Kysely<Database>): AuditReads {
  return {
    async listTrail(query) {
      const trail = sql<TrailRow>`select * from (
          (${auditRows(query)} order by at desc, audit_no desc limit ${query.limit})
          union all
          (${requestRows(query)} order by at desc limit ${query.limit})
          union all
          (${cardSteps(query)} order by at desc limit ${query.limit})) as trail
        order by at desc, audit_no desc nulls last limit ${query.limit}`;
      const { rows } = await orUnavailable(trail.execute(database));
      return rows.map(itemOf);
    },
  };
}

type Condition = RawBuilder<unknown>;

function auditRows(query: TrailQuery): Condition {
  const { since, until, personNo, by, action } = query;
  return sql`select 'audit' as source, a.audit_no, a.at, a.principal_kind as kind, a.principal_id as id,
      a.action, a.regions, a.institution, a.subject, a.person_ref, a.outcome, a.code, a.evidence, a.begun_no
    from audit_row a
    where a.at >= ${since} and a.at < ${until}
      and (${personNo ?? null}::text is null
        or a.person_ref = yikatong_person_reference(${personNo ?? null}::text))
      and (${by ?? null}::text is null or a.principal_id = ${by ?? null}::text)
      and (${action ?? null}::text is null or a.action = ${action ?? null}::text)
      and ${isReached(query, sql`a.regions`, sql`a.institution`)}`;
}

/** A refund names a settlement that another request made. */
function requestRows(query: TrailQuery): Condition {
  const { since, until, personNo, by, action } = query;
  const shard = personNo === undefined ? null : shardOf(personNo as PersonNo);
  const regions = sql`array_remove(array[i.region, s.insured_region], null)`;
  const kind = sql`case when r.settlement_id is null or s.request_key = r.request_key
    then 'bill.settle' else 'refund.make' end`;
  return sql`select 'request' as source, null::bigint as audit_no, r.at, 'terminal' as kind,
      r.terminal_id as id, ${kind} as action, ${regions} as regions, t.institution,
      r.settlement_id as subject,
      yikatong_person_reference(r.person_no) as person_ref,
      coalesce(r.answer_outcome, r.state) as outcome, r.answer_code as code, null::text as evidence,
      null::bigint as begun_no
    from request r
    left join settlement s on s.shard = r.shard and s.id = r.settlement_id
    left join terminal t on t.id = r.terminal_id
    left join institution i on i.code = t.institution
    where r.at >= ${since} and r.at < ${until}
      and (${personNo ?? null}::text is null
        or (r.shard = ${shard}::smallint and r.person_no = ${personNo ?? null}::text))
      and (${by ?? null}::text is null or r.terminal_id = ${by ?? null}::text)
      and (${action ?? null}::text is null or ${action ?? null}::text = ${kind})
      and ${isReached(query, regions, sql`t.institution`)}`;
}

/** A step of a card says itself who took it and why. The card's number is not told. */
function cardSteps(query: TrailQuery): Condition {
  const { since, until, personNo, by, action } = query;
  const shard = personNo === undefined ? null : shardOf(personNo as PersonNo);
  const name = sql`'card.' || c.kind`;
  return sql`select 'card' as source, null::bigint as audit_no, c.at, c.by_kind as kind, c.by_id as id,
      ${name} as action, array[p.region] as regions, null::text as institution, null::text as subject,
      yikatong_person_reference(c.person_no) as person_ref, 'done' as outcome, null::text as code,
      c.reason as evidence, null::bigint as begun_no
    from card_step c
    join person p on p.shard = c.shard and p.person_no = c.person_no
    where c.at >= ${since} and c.at < ${until}
      and (${personNo ?? null}::text is null
        or (c.shard = ${shard}::smallint and c.person_no = ${personNo ?? null}::text))
      and (${by ?? null}::text is null or c.by_id = ${by ?? null}::text)
      and (${action ?? null}::text is null or ${action ?? null}::text = ${name})
      and ${isReached(query, sql`array[p.region]`, sql`null::text`)}`;
}

/** Does it lie where the reader is responsible? */
function isReached({ reach }: TrailQuery, regions: Condition, institution: Condition): Condition {
  const patterns = reach.regions.map((code) => `${regionPrefix(code)}%`);
  const isWhole = reach.regions.includes(WHOLE_COUNTRY);
  return sql`(${isWhole} or ${institution} = any(${[...reach.institutions]}::text[])
    or exists (select from unnest(${regions}) as code where code like any(${patterns}::text[])))`;
}

function itemOf(row: TrailRow): TrailItem {
  return {
    source: row.source,
    auditNo: row.audit_no ?? undefined,
    at: Number(row.at),
    by: { kind: row.kind, id: row.id },
    action: row.action,
    regions: row.regions,
    institution: row.institution ?? undefined,
    subject: row.subject ?? undefined,
    personRef: row.person_ref ?? undefined,
    outcome: row.outcome,
    code: row.code ?? undefined,
    evidence: row.evidence ?? undefined,
    begunNo: row.begun_no ?? undefined,
  };
}
