-- Each query returns what is wrong; no row is right.

-- Whoever serves requests takes no month away.
select r.rolname as takes_months_away
from pg_roles r
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and has_function_privilege(r.oid, 'yikatong_detach_month(text)', 'execute');
