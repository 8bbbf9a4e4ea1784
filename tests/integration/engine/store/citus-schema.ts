import type pg from 'pg';
import type { Placement } from './citus-placement.ts';

/** Tables that distribute.sql places, in its order, and every relation of theirs: a month is its table. */
const placed = `with placed as (
  select p.*, to_regclass(p."table") as root
  from jsonb_to_recordset($1) as p ("table" text, "column" text, place integer)
), stands as (
  select c.oid, c.relname, p.*, a.attnum
  from pg_class c
  join placed p on p.root = coalesce(pg_partition_root(c.oid), c.oid)
  left join pg_attribute a on a.attrelid = c.oid and a.attname = p."column"
  where c.relkind in ('r', 'p')
)`;

/** Each tells what Citus would refuse, a row for each. */
const checks: readonly string[] = [
  `select c.relname || ' is placed nowhere' as problem from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     and not exists (select from placed where root = c.oid)`,
  `select "table" || ' is placed more than once' as problem from placed
   group by "table" having count(*) > 1`,
  `select "table" || ' is no table' as problem from placed where root is null`,
  `select "table" || ' is not distributed by shard' as problem from placed
   where "column" <> 'shard'`,
  `select s.relname || ': its primary key does not begin with ' || s."column" as problem from stands s
   left join pg_attribute a on a.attrelid = s.oid and a.attnum = s.attnum
   left join pg_index i on i.indrelid = s.oid and i.indisprimary
   where s."column" is not null and not coalesce(i.indkey[0] = s.attnum and a.attnotnull, false)`,
  `select s.relname || ': its shard is no smallint' as problem from stands s
   join pg_attribute a on a.attrelid = s.oid and a.attnum = s.attnum
   where s."column" = 'shard' and a.atttypid <> 'smallint'::regtype`,
  `select s.relname || ': a unique index without ' || s."column" as problem from stands s
   join pg_index i on i.indrelid = s.oid and (i.indisunique or i.indisexclusion)
   where s."column" is not null and not s.attnum = any (i.indkey::smallint[])`,
  `select s.relname || ': a trigger' as problem from stands s
   join pg_trigger t on t.tgrelid = s.oid
   where s."column" is not null and not t.tgisinternal`,
  // The key's columns and those that it names stand in one order.
  `select s.relname || ': a foreign key to ' || k.confrelid::regclass || ' without its column' as problem
   from stands s
   join pg_constraint k on k.conrelid = s.oid and k.contype = 'f'
   left join stands t on t.oid = k.confrelid
   where s."column" is not null and (t.oid is null or t."column" is not null)
     and not exists (
       select from unnest(k.conkey, k.confkey) as pair (own, other)
       where pair.own = s.attnum and pair.other = t.attnum and s."column" = t."column")`,
  `select s.relname || ': a foreign key from every node to ' || t.relname as problem from stands s
   join pg_constraint k on k.conrelid = s.oid and k.contype = 'f'
   join stands t on t.oid = k.confrelid
   where s."column" is null and t."column" is not null`,
  `select s.relname || ' is placed before ' || t.relname || ', which it names' as problem from stands s
   join pg_constraint k on k.conrelid = s.oid and k.contype = 'f'
   join stands t on t.oid = k.confrelid
   where s.place < t.place`,
  `select s.relname || ': an identity that is no bigint' as problem from stands s
   join pg_attribute a on a.attrelid = s.oid and a.attidentity <> ''
   where a.atttypid <> 'bigint'::regtype`,
];

/** What Citus would refuse of the schema that the client sees, were it distributed so. */
export async function schemaProblems(
  client: pg.Client,
  placements: readonly Placement[],
): Promise<readonly string[]> {
  const rows = JSON.stringify(placements.map((placement, place) => ({ ...placement, place })));
  const problems: string[] = [];
  for (const check of checks) {
    const found = await client.query<{ problem: string }>(`${placed} ${check}`, [rows]);
    problems.push(...found.rows.map(({ problem }) => problem));
  }
  return problems.sort();
}
