-- Nobody who serves requests changes or deletes entries.
select r.rolname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege)
where r.rolname = 'yikatong_app' and has_table_privilege(r.oid, 'entry', p.privilege);
