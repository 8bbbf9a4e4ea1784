-- Each query returns what is wrong; no row is right.

-- Nobody who serves requests or closes reversals changes or deletes entries, in whatever month.
select r.rolname, c.relname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege), pg_class c
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and c.relnamespace = current_schema()::regnamespace
  and (c.relname ~ '^posting' or c.relname in ('entry', 'carried_entries')) and c.relkind in ('r', 'p', 'v')
  and has_table_privilege(r.oid, c.oid, p.privilege);

-- Shard comes first in every unique key, of partitions too.
select c.relname, i.indexrelid::regclass as unique_key_without_shard
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard'
join pg_index i on i.indrelid = c.oid and i.indisunique
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  and c.relname ~ '^(request|posting|carried_entries)' and i.indkey[0] <> a.attnum;

-- The books balance. Whose they are stays out of the message.
select problem, count(*) from yikatong_ledger_problems() group by problem;
