-- Each query returns what is wrong; no row is right.

-- A sharded table has shard first in its primary key and in every other unique key.
select c.relname, i.indexrelid::regclass as unique_key_without_shard
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard'
join pg_index i on i.indrelid = c.oid and i.indisunique
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
  and c.relname <> 'card_owner' and i.indkey[0] <> a.attnum;

-- No triggers, but those of foreign keys.
select t.tgrelid::regclass as table_with_trigger
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal;

-- Foreign keys of a sharded table start with shard on both sides.
select k.conrelid::regclass as table_with_foreign_key_across_shards, k.conname
from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'shard'
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace
  and (k.conkey[1] <> a.attnum or not exists (
    select from pg_attribute r
    where r.attrelid = k.confrelid and r.attname = 'shard' and r.attnum = k.confkey[1]));

-- Empty books balance.
select * from yikatong_ledger_problems();
