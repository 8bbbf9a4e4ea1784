-- Each query returns what is wrong; no row is right.

-- Every answer that a request names is there.
select r.shard, r.answer_block as block_that_is_not_there
from request r
where r.answer_block is not null
  and not exists (select from answer_block b where (b.shard, b.id) = (r.answer_shard, r.answer_block));

-- Nobody who serves requests or closes reversals changes or deletes an answer.
select r.rolname, c.relname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege), pg_class c
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and c.relnamespace = current_schema()::regnamespace
  and c.relname ~ '^answer_block' and c.relkind in ('r', 'p')
  and has_table_privilege(r.oid, c.oid, p.privilege);
