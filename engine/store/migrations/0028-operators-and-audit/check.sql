-- Each query returns what is wrong; no row is right.

-- Nobody who serves or operates alters an audit row or removes it, or reads the key of its references.
select r.rolname, t.relname, p.privilege
from pg_roles r, pg_class t,
  unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as p (privilege)
where t.relnamespace = current_schema()::regnamespace
  and r.rolname in ('yikatong_app', 'yikatong_operator')
  and ((t.relname in ('audit_row', 'proposal', 'proposal_end') and p.privilege not in ('select', 'insert'))
    or t.relname = 'audit_key'
    or (t.relname in ('operator_credential', 'operator_session') and r.rolname = 'yikatong_operator'))
  and has_table_privilege(r.oid, t.oid, p.privilege);

-- The rules of the table itself stand.
select name from unnest(array['refer_to_person', 'only_added', 'never_emptied']) as name
where not exists (select from pg_trigger where tgrelid = 'audit_row'::regclass and tgname = name);

-- There is one key, and references can be made.
select 'no reference' where yikatong_person_reference('1') is null;
