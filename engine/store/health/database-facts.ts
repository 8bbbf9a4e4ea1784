import type pg from 'pg';
import { withClient } from '../../ops/postgres/client-config.ts';
import { findMissingMigrations } from '../migrate.ts';

/** What the doctor asks a database. */
export type DatabaseFacts = {
  /** As 150020. */
  readonly serverVersion: number;
  /** Is this login the owner of the tables? */
  readonly isOwner: boolean;
  readonly missingMigrations: readonly string[];
  /** Moment of the database's clock, ms. */
  readonly nowMs: number;
  /** Only of a database that has its tables. */
  readonly books: BooksFacts | undefined;
};

export type BooksFacts = {
  /** Roles of the engine that nobody has made. */
  readonly missingRoles: readonly string[];
  /** "role privilege table" that the roles should have. */
  readonly missingRights: readonly string[];
  /** Has the next month its partitions? */
  readonly hasNextMonth: boolean;
  /** Rows that wait in the default partitions for a month. */
  readonly strayRows: number;
  readonly openReversals: number;
  /** Since when the oldest is open, ms. */
  readonly oldestOpenSince: number | undefined;
  /** Settlements whose deadline is past by an hour: nobody works on them. */
  readonly overdueSettlements: number;
  /** A terminal's key as it is sealed; undefined when there is no terminal. */
  readonly sealedKey: string | undefined;
};

/** What the roles cannot do without; that all of it is there is the business of the roles' own test. */
const neededRights = [
  ['yikatong_app', 'select', 'person'],
  ['yikatong_app', 'insert', 'posting'],
  ['yikatong_app', 'insert', 'answer_block'],
  ['yikatong_app', 'insert', 'settlement'],
  ['yikatong_app', 'update', 'settlement'],
  ['yikatong_app', 'update', 'bank_leg'],
  ['yikatong_app', 'update', 'terminal'],
  ['yikatong_app', 'select', 'policy_pack'],
  ['yikatong_operator', 'insert', 'closing_proposal'],
  ['yikatong_operator', 'select', 'leg_transition'],
] as const;

const factsQuery = `select current_setting('server_version_num')::int as version,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
  coalesce((select pg_has_role(session_user, relowner, 'usage') from pg_class
    where oid = to_regclass('posting')), has_schema_privilege(current_schema(), 'create')) as is_owner,
  to_regclass('answer_block') is not null as has_tables`;

const nextMonth = `to_char(now() at time zone 'Asia/Shanghai' + interval '1 month', '_YYYY_MM')`;

const booksQuery = `select
  array(select role from unnest($1::text[]) as role
    where not exists (select from pg_roles where rolname = role)) as missing_roles,
  array(select concat_ws(' ', n.role, n.privilege, n.name)
    from unnest($2::text[], $3::text[], $4::text[]) as n (role, privilege, name)
    join pg_roles r on r.rolname = n.role
    where not has_table_privilege(r.oid, to_regclass(n.name), n.privilege)) as missing_rights,
  to_regclass('posting' || ${nextMonth}) is not null
    and to_regclass('request' || ${nextMonth}) is not null as has_next_month,
  (select count(*) from posting_default)::int + (select count(*) from request_default)::int as stray_rows,
  (select count(*) from bank_leg where state in ('reversing', 'repeating'))::int as open_reversals,
  (select min(open_since) from bank_leg where state in ('reversing', 'repeating'))::float8 as oldest,
  (select count(*) from settlement
    where deadline < (extract(epoch from now()) * 1000)::bigint - 3600000)::int as overdue,
  (select sealed_master_key from terminal order by id limit 1) as sealed_key`;

type FactsRow = {
  readonly version: number;
  readonly now: number;
  readonly is_owner: boolean;
  readonly has_tables: boolean;
};
type BooksRow = {
  readonly missing_roles: readonly string[];
  readonly missing_rights: readonly string[];
  readonly has_next_month: boolean;
  readonly stray_rows: number;
  readonly open_reversals: number;
  readonly oldest: number | null;
  readonly overdue: number;
  readonly sealed_key: string | null;
};

/** Reads what the doctor judges; changes nothing. @throws errors of the driver */
export async function readDatabaseFacts(url: string): Promise<DatabaseFacts> {
  return withClient(url, 'doctor', async (client) => {
    const missingMigrations = await findMissingMigrations(client);
    const { rows } = await client.query<FactsRow>(factsQuery);
    const [row] = rows;
    if (row === undefined) throw new Error('the database gave no row');
    return {
      serverVersion: row.version,
      isOwner: row.is_owner,
      nowMs: row.now,
      missingMigrations,
      books: row.has_tables ? await readBooksFacts(client) : undefined,
    };
  });
}

async function readBooksFacts(client: pg.Client): Promise<BooksFacts> {
  const roles = [...new Set(neededRights.map(([role]) => role))];
  const columns = [0, 1, 2].map((at) => neededRights.map((right) => right[at]));
  const { rows } = await client.query<BooksRow>(booksQuery, [roles, ...columns]);
  const [row] = rows;
  if (row === undefined) throw new Error('the database gave no row');
  return {
    missingRoles: row.missing_roles,
    missingRights: row.missing_rights,
    hasNextMonth: row.has_next_month,
    strayRows: row.stray_rows,
    openReversals: row.open_reversals,
    oldestOpenSince: row.oldest ?? undefined,
    overdueSettlements: row.overdue,
    sealedKey: row.sealed_key ?? undefined,
  };
}
