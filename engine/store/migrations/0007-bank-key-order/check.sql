-- Each query returns what is wrong; no row is right.

-- The engine's own role may write the new columns, as it may the whole row.
select r.rolname, c.column_name
from pg_roles r, unnest(array['bank_sign_in_no', 'bank_sign_in_at', 'bank_keys_no']) as c (column_name)
where r.rolname = 'yikatong_app'
  and not has_column_privilege(r.oid, 'terminal', c.column_name, 'update');
