-- Each query returns what is wrong; no row is right.

-- Nobody releases what they have put forward.
select r.source, r.file_date, r.file_no from credit_release r
join credit_file f using (source, file_date, file_no) where r.released_by = f.proposed_by;

-- Nothing was posted of a file that nobody has released.
select c.shard, c.credit_id from account_credit c
where not exists (select from credit_release r
  where (r.source, r.file_date, r.file_no) = (c.source, c.file_date, c.file_no));

-- Nobody who serves requests changes or deletes what was posted or released.
select r.rolname, t.name, p.privilege
from pg_roles r, unnest(array['account_credit', 'credit_release']) as t (name),
  unnest(array['update', 'delete', 'truncate']) as p (privilege)
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and has_table_privilege(r.oid, t.name, p.privilege);
