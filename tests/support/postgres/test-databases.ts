import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestCluster } from './test-cluster.ts';

/**
 * The databases of a test run. Making and dropping one for each test was a third of the run's
 * processor time.
 */
export type TestDatabases = {
  /**
   * A copy of the template: one that was given back and is as it was made, or a new one. @returns its
   * address
   */
  take(wish: { readonly isFresh: boolean }): Promise<string>;
  /** Ends all its sessions; empties it, or drops it if more than rows were changed. */
  giveBack(url: string): Promise<void>;
  close(): Promise<void>;
};

/** Rows that were deleted still take room. */
const USES_MAX = 20;

/** What a database was when it was made, to be compared with what was left of it. */
type Made = { readonly mark: string; readonly objects: string; uses: number };

export async function openTestDatabases(cluster: TestCluster): Promise<TestDatabases> {
  const { template } = cluster;
  const admin = await connect(cluster.url);
  const known = new Map<string, Made>();
  const free: string[] = [];
  let seeds: Promise<Seeds> | undefined;

  async function make(): Promise<string> {
    const name = `test_${randomBytes(8).toString('hex')}`;
    await admin.query(`create database ${name} template ${template}`);
    const { rows } = await admin.query('select pg_current_xact_id()::xid::text as mark');
    const url = Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href;
    const made = { mark: String(rows[0]?.mark), objects: '', uses: 0 };
    seeds ??= readSeeds(url);
    known.set(url, { ...made, objects: (await look(url, made, await seeds)).objects });
    return url;
  }

  async function drop(url: string): Promise<void> {
    known.delete(url);
    await admin.query(`drop database if exists ${nameOf(url)} with (force)`);
  }

  return {
    async take({ isFresh }) {
      const url = (isFresh ? undefined : free.pop()) ?? (await make());
      const made = known.get(url);
      if (made !== undefined) made.uses += 1;
      return url;
    },
    async giveBack(url) {
      const made = known.get(url);
      if (made === undefined || made.uses >= USES_MAX) return drop(url);
      const others =
        'select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1';
      await admin.query(others, [nameOf(url)]);
      const { isChanged, objects } = await look(url, made, (await seeds) ?? new Map());
      if (isChanged || objects !== made.objects) return drop(url);
      free.push(url);
    },
    close: () => admin.end(),
  };
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Leaves the rows of the migrations alone, unless more than rows was changed, which the catalog tells. */
async function look(url: string, { mark }: Made, seeds: Seeds) {
  const client = await connect(url);
  try {
    const { rows } = await client.query<{ objects: string; is_changed: boolean }>(catalogs, [mark]);
    const [found] = rows;
    if (found === undefined || found.is_changed) return { isChanged: true, objects: '' };
    await client.query(emptyAllBut([...seeds.keys()]));
    for (const [table, was] of seeds) {
      const now = await rowsOf(client, table);
      if (now !== was) await putBack(client, table, was);
    }
    return { isChanged: false, objects: found.objects };
  } finally {
    await client.end();
  }
}

const watched = ['pg_class', 'pg_attribute', 'pg_proc', 'pg_constraint', 'pg_trigger', 'pg_type'];

/** Objects by number, and whether one was made or altered since the mark. */
const catalogs = `select
  concat_ws('/', ${watched.map((name) => `(select count(*) from ${name})`).join(', ')}) as objects,
  ${watched.map((name) => `exists (select from ${name} where age(xmin) < age($1::xid))`).join(' or ')}
  or exists (select from pg_db_role_setting join pg_database d on d.oid = setdatabase
    where d.datname = current_database()) as is_changed`;

/** What the migrations put into the tables, as JSON. */
type Seeds = ReadonlyMap<string, string>;

async function readSeeds(url: string): Promise<Seeds> {
  const client = await connect(url);
  const seeds = new Map<string, string>();
  const { rows } = await client.query<{ name: string }>(tables);
  for (const { name } of rows) {
    const all = await rowsOf(client, name);
    if (all !== '[]') seeds.set(name, all);
  }
  await client.end();
  return seeds;
}

const tables = `select c.oid::regclass::text as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`;

async function rowsOf(client: pg.Client, table: string): Promise<string> {
  const text = `select coalesce(json_agg(t order by t::text), '[]')::text as all_rows from ${table} t`;
  return (await client.query<{ all_rows: string }>(text)).rows[0]?.all_rows ?? '[]';
}

async function putBack(client: pg.Client, table: string, rows: string): Promise<void> {
  await client.query(`delete from ${table}`);
  await client.query(
    `insert into ${table} overriding system value
     select * from json_populate_recordset(null::${table}, $1::json)`,
    [rows],
  );
}

/** References between the tables do not matter, since all their rows go. */
function emptyAllBut(seeded: readonly string[]): string {
  return `
  set session_replication_role = replica;
  do $$
  declare name text;
  begin
    for name in ${tables} loop
      continue when name in (${seeded.map((table) => `'${table}'`).join(', ')});
      execute 'delete from ' || name;
    end loop;
    for name in select s.schemaname || '.' || s.sequencename from pg_sequences s
      where s.last_value is not null loop
      perform setval(name, (select seqstart from pg_sequence where seqrelid = name::regclass), false);
    end loop;
  end $$`;
}
