-- Who proposes a manual resolution and who approves it is a login of this database, never a name that somebody
-- types: two names are one person's as easily as two people's.

-- How the name was come by. 'typed-name': before this migration; such a proposal is not approved any more.
alter table closing_proposal add column proposed_with text not null default 'typed-name'
  check (proposed_with in ('typed-name', 'database-login'));
alter table closing_proposal alter column proposed_with drop default;
alter table closing_approval add column approved_with text not null default 'typed-name'
  check (approved_with in ('typed-name', 'database-login'));
alter table closing_approval alter column approved_with drop default;

-- Whoever writes here writes their own login, also past the engine. Policies and not checks: a check would be
-- asked again, of the administrator's login, when a backup is restored. The tables' owner is not held by them.
alter table closing_proposal enable row level security;
alter table closing_approval enable row level security;
create policy everybody_reads on closing_proposal for select using (true);
create policy everybody_reads on closing_approval for select using (true);
create policy own_login on closing_proposal for insert
  with check (proposed_by = lower(session_user) and proposed_with = 'database-login');
create policy own_login on closing_approval for insert
  with check (approved_by = lower(session_user) and approved_with = 'database-login');

-- The statement that writes a resolution looks the change of the leg's state up here.
do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on leg_transition to yikatong_operator;
  end if;
end
$$;
