-- Each query returns what is wrong; no row is right.

-- Engines make no change, and nobody who serves or operates alters one or removes it.
select r.rolname, t.relname, p.privilege
from pg_roles r, unnest(array['insert', 'update', 'delete', 'truncate']) as p (privilege), pg_class t
where t.relnamespace = current_schema()::regnamespace
  and t.relname in ('policy_change', 'policy_approval', 'policy_pack')
  and (r.rolname = 'yikatong_app' or (r.rolname = 'yikatong_operator' and p.privilege <> 'insert'))
  and has_table_privilege(r.oid, t.oid, p.privilege);

-- Every login but the tables' owner writes under its own name only.
select c.relname
from pg_class c
where c.relnamespace = current_schema()::regnamespace
  and c.relname in ('policy_change', 'policy_approval')
  and (not c.relrowsecurity or not exists (
    select from pg_policy p where p.polrelid = c.oid and p.polcmd = 'a' and p.polname = 'own_login'));
