import type pg from 'pg';

/** The server's own counters at one moment. */
export type ServerCounters = ServerCounts & {
  readonly statements: readonly StatementCount[];
  readonly tables: readonly TableCount[];
};

/**
 * Counters that are cheap to read. `writes` and `walBytes` are exact at any moment (transaction numbers,
 * positions in the log). Backends report the others once a second, and some seconds later when idle.
 */
export type ServerCounts = {
  /** Transactions that have written. */
  readonly writes: number;
  readonly walBytes: number;
  /** Transactions of the database, those that only read among them. */
  readonly commits: number;
  readonly walRecords: number;
  /** Pages written to the log whole, because they were touched first after a checkpoint. */
  readonly fullPages: number;
  /** Syncs of the log, and ms in them (0 unless the server observes its times). */
  readonly walSyncs: number;
  readonly walSyncMs: number;
};

export type StatementCount = {
  readonly text: string;
  readonly calls: number;
  readonly rows: number;
  readonly executeMs: number;
  readonly planMs: number;
  readonly walBytes: number;
};

export type TableCount = {
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  /** Updates that touched no index. */
  readonly hot: number;
  readonly deadRows: number;
  readonly bytes: number;
};

/** Settings with which the server observes itself; none makes it faster. */
export const observingSettings: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  'pg_stat_statements.track_planning': 'on',
  track_wal_io_timing: 'on',
};

const statementsSql = `select query as text, calls::float8 as calls, rows::float8 as rows,
    total_exec_time as "executeMs", total_plan_time as "planMs", wal_bytes::float8 as "walBytes"
  from pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database())
  order by total_exec_time desc`;

/** The counters of a partition are added to its parent's. */
const tablesSql = `select coalesce(parent.relname, own.relname)::text as "table",
    sum(n_tup_ins)::float8 as inserted, sum(n_tup_upd)::float8 as updated,
    sum(n_tup_hot_upd)::float8 as hot, sum(n_dead_tup)::float8 as "deadRows",
    sum(pg_total_relation_size(t.relid))::float8 as bytes
  from pg_stat_user_tables t
  join pg_class own on own.oid = t.relid
  left join pg_inherits i on i.inhrelid = t.relid
  left join pg_class parent on parent.oid = i.inhparent
  group by 1 order by bytes desc`;

const serverSql = `select
    pg_snapshot_xmax(pg_current_snapshot())::text::float8 as writes,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as "walBytes",
    (select sum(xact_commit)::float8 from pg_stat_database
      where datname = current_database()) as commits,
    (select wal_records::float8 from pg_stat_wal) as "walRecords",
    (select wal_fpi::float8 from pg_stat_wal) as "fullPages",
    (select sum(fsyncs)::float8 from pg_stat_io where object = 'wal') as "walSyncs",
    (select sum(fsync_time)::float8 from pg_stat_io where object = 'wal') as "walSyncMs"`;

/** Prepares the database for {@link readCounters}. @throws Error when the server cannot observe */
export async function beginCounting(client: pg.Client): Promise<void> {
  await client.query('create extension if not exists pg_stat_statements');
  await client.query('select pg_stat_statements_reset()');
}

/** Reads all counters; wait a second before comparing, because backends report theirs late. */
export async function readCounters(client: pg.Client): Promise<ServerCounters> {
  const statements = await client.query<StatementCount>(statementsSql);
  const tables = await client.query<TableCount>(tablesSql);
  const counts = await readServerCounts(client);
  return { ...counts, statements: statements.rows, tables: tables.rows };
}

/** Reads what every server of version 18 counts by itself. @throws Error of an older one */
export async function readServerCounts(client: pg.Client): Promise<ServerCounts> {
  const { rows } = await client.query<ServerCounts>(serverSql);
  const [counts] = rows;
  if (counts === undefined) throw new Error('the server counts nothing');
  return counts;
}
