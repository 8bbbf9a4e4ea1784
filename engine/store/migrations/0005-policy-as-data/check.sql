-- Each query returns what is wrong; no row is right.

-- Who serves requests changes neither packs nor catalogues.
select t.relname, p.privilege
from pg_roles r, unnest(array['insert', 'update', 'delete', 'truncate']) as p (privilege), pg_class t
where r.rolname = 'yikatong_app' and t.relnamespace = current_schema()::regnamespace
  and t.relname in ('policy_pack', 'catalogue', 'catalogue_item', 'active_catalogue',
    'reference_revision')
  and has_table_privilege(r.oid, t.oid, p.privilege);

-- The parts of a settlement and of a refund make the whole, and nothing else stands in the way.
select conrelid::regclass as table_with_an_old_check, conname from pg_constraint
where connamespace = current_schema()::regnamespace and contype = 'c'
  and conrelid in ('settlement'::regclass, 'refund'::regclass)
  and pg_get_constraintdef(oid) like '%total = %' and pg_get_constraintdef(oid) not like '%other_pay%';
