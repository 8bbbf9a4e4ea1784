/** What the registers tell of what is on record: lists for reading, sums for comparison. */
import { type Kysely, sql } from 'kysely';
import { maskName } from '../../base/personal/mask.ts';
import type { PersonalData } from '../../ports/personal-data.ts';
import type { Database } from '../tables/schema.ts';

export type RegisterName = 'institution' | 'terminal' | 'person' | 'card';

/** Sums by region, scheme and what is summed, to compare with another system's. Amounts are fen. */
export type RegisterSum = {
  readonly region: string;
  readonly scheme: string;
  /** "persons" counts; "account" and names of accumulators ("2026 outpatient-deductible") are fen. */
  readonly of: string;
  readonly value: bigint;
};

/**
 * Names and numbers of persons and cards are masked: a list is read over shoulders. Of a card in its holder's
 * hands it tells what its medical function is.
 */
const lists: Readonly<Record<RegisterName, string>> = {
  institution: `select code, name, region, care_place_kind as kind, coalesce(care_place_level::text, '') as level,
    is_community::text as community, is_enabled::text as enabled from institution order by code`,
  terminal: `select id, institution, array_to_string(care_types, ';') as care_types, is_enabled::text as enabled,
    coalesce(to_char(to_timestamp(signed_in_at / 1000.0) at time zone 'Asia/Shanghai',
      'YYYY-MM-DD HH24:MI'), '') as signed_in
    from terminal order by id`,
  person: `select left(person_no, 4) || '…' || right(person_no, 4) as person_no,
    coalesce(sealed_name, '') as sealed_name, coalesce(name, '') as name, region, scheme, person_type, insured::text, account_status from person order by person.person_no limit 1000`,
  card: `select left(card_id, 6) || '…' || right(card_id, 4) as card_id,
    left(person_no, 4) || '…' || right(person_no, 4) as person_no,
    case status when 'active' then medical else status end as status,
    coalesce(expires_on, '') as expires_on from card order by card.card_id limit 1000`,
};

export async function listRegister(
  database: Kysely<Database>,
  register: RegisterName,
  personalData: PersonalData,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const { rows } = await sql.raw<Record<string, string>>(lists[register]).execute(database);
  if (register !== 'person') return rows;
  return rows.map(({ sealed_name: sealed = '', name = '', ...row }) => {
    const known = sealed === '' ? name : personalData.open('person.name', sealed);
    return { ...row, name: maskName(known) };
  });
}

/** As they were put on record: settlements since then are in none of these sums. */
export async function readSums(database: Kysely<Database>): Promise<readonly RegisterSum[]> {
  const { rows } = await sql<{ region: string; scheme: string; of: string; value: string }>`
    select region, scheme, 'persons' as of, count(*)::text as value from person group by region, scheme
    union all
    select region, scheme, 'account', sum(opening_balance)::text from person group by region, scheme
    union all
    select p.region, o.scheme, o.year || ' ' || a.key, sum(a.value::bigint)::text
      from opening_accumulator o
      join person p on (p.shard, p.person_no) = (o.shard, o.person_no)
      cross join lateral jsonb_each_text(o.amounts) as a
      group by p.region, o.scheme, o.year, a.key`.execute(database);
  return rows.map(({ value, ...of }) => ({ ...of, value: BigInt(value) }));
}
