-- Each query returns what is wrong; no row is right.

-- A leg that is open says since when.
select shard, settlement_id, leg_no from bank_leg
where (open_since is null) <> (next_attempt_at is null);

-- No engine closes a reversal by itself, and nobody changes or removes what two people have decided.
select r.rolname, t.relname, p.privilege
from pg_roles r, unnest(array['insert', 'update', 'delete', 'truncate']) as p (privilege), pg_class t
where t.relnamespace = current_schema()::regnamespace
  and t.relname in ('closing_proposal', 'closing_approval')
  and (r.rolname = 'yikatong_app' or (r.rolname = 'yikatong_operator' and p.privilege <> 'insert'))
  and has_table_privilege(r.oid, t.oid, p.privilege);

-- As in the first migration: shard comes first in every unique key and on both sides of a foreign key.
select c.relname, i.indexrelid::regclass as unique_key_without_shard
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard'
join pg_index i on i.indrelid = c.oid and i.indisunique
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
  and c.relname in ('closing_proposal', 'closing_approval', 'bank_leg') and i.indkey[0] <> a.attnum;
select k.conrelid::regclass as table_with_foreign_key_across_shards, k.conname
from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'shard'
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace
  and (k.conkey[1] <> a.attnum or not exists (
    select from pg_attribute r
    where r.attrelid = k.confrelid and r.attname = 'shard' and r.attnum = k.confkey[1]));
