-- Each query returns what is wrong; no row is right.

-- Whoever has spans has relations, and the other way round.
select p.shard, left(p.person_no, 4) as person_whose_spans_are_wrong
from person p
where (p.insured_spans is not null)
  <> exists (select from insurance_change c where (c.shard, c.person_no) = (p.shard, p.person_no));

-- Nobody who serves requests changes or deletes the history.
select r.rolname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege)
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and has_table_privilege(r.oid, 'insurance_change', p.privilege);
