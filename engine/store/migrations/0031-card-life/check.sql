-- Each query returns what is wrong; no row is right.

-- States that no transition leads to or from.
select card_id, status from card where status not in (select from_state from card_transition where machine = 'card'
  union select to_state from card_transition where machine = 'card');
select card_id, medical from card
where medical not in (select to_state from card_transition where machine = 'medical');
select card_id, financial from card
where financial not in (select to_state from card_transition where machine = 'financial');

-- Out of a dead state only return and destruction lead.
select from_state, to_state from card_transition
where from_state in ('rejected', 'replaced', 'exchanged', 'cancelled', 'uncollected', 'returned', 'destroyed')
  and machine = 'card' and to_state not in ('returned', 'destroyed');

-- As in the first migration: shard comes first in every unique key.
select c.relname, i.indexrelid::regclass as unique_key_without_shard
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'shard'
join pg_index i on i.indrelid = c.oid and i.indisunique
where c.relnamespace = current_schema()::regnamespace and c.relname in ('card', 'card_application', 'card_step')
  and i.indkey[0] <> a.attnum;

-- Nobody changes or removes a step.
select r.rolname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege)
where r.rolname in ('yikatong_app', 'yikatong_operator') and has_table_privilege(r.oid, 'card_step', p.privilege);
