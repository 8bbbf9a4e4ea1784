-- Each query returns what is wrong; no row is right.

-- Every shard has its row, and nobody owns one yet.
select s.shard from generate_series(0, 15) as s (shard)
left join shard_owner o on o.shard = s.shard
where o.shard is null or o.engine is not null or o.epoch <> 0;

-- The engine's own role can own shards, and make or remove none.
select r.rolname, p.relname, p.privilege from pg_roles r, (values
  ('engine_lease', 'select'), ('engine_lease', 'insert'), ('engine_lease', 'update'), ('engine_lease', 'delete'),
  ('shard_owner', 'select'), ('bank_word', 'select'), ('bank_word', 'insert'), ('bank_word', 'delete')
) as p (relname, privilege)
where r.rolname = 'yikatong_app' and not has_table_privilege(r.oid, p.relname, p.privilege);
select r.rolname, p.privilege from pg_roles r, unnest(array['insert', 'delete', 'truncate']) as p (privilege)
where r.rolname = 'yikatong_app' and has_table_privilege(r.oid, 'shard_owner', p.privilege);
