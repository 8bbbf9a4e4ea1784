-- What was activated in place of what, and what was withdrawn, by whom: until now a pack could take the place of
-- another without a word, and none could be taken back.

-- A change of the packs in force. Only ever added to. Packs on record before this migration have none: they
-- are in force until one withdraws or replaces them.
create table policy_change (
  change_no integer primary key check (change_no >= 1),
  -- What it does, as it was told to whoever asked for it; see `PolicyStep`.
  steps jsonb not null,
  -- Content of the packs of a proposal; they go to policy_pack when it is approved.
  packs jsonb not null default '[]',
  reason text check (length(reason) between 1 and 500),
  -- Bills of days gone by are paid otherwise from now on: a second person agrees first.
  needs_approval boolean not null,
  proposed_by text not null default lower(session_user),
  proposed_at bigint not null,
  -- The number that reference_revision rose to: the order of all changes.
  revision bigint not null unique,
  unique (change_no, proposed_by)
);

create table policy_approval (
  change_no integer primary key,
  proposed_by text not null,
  approved_by text not null default lower(session_user),
  approved_at bigint not null,
  revision bigint not null unique,
  foreign key (change_no, proposed_by) references policy_change (change_no, proposed_by),
  constraint policy_change_takes_two_people check (approved_by <> proposed_by)
);

-- Whoever writes here writes their own login, also past the program. Policies and not checks: a check would be
-- asked again, of the administrator's login, when a backup is restored. The tables' owner is not held by them.
alter table policy_change enable row level security;
alter table policy_approval enable row level security;
create policy everybody_reads on policy_change for select using (true);
create policy everybody_reads on policy_approval for select using (true);
create policy own_login on policy_change for insert with check (proposed_by = lower(session_user));
create policy own_login on policy_approval for insert with check (approved_by = lower(session_user));

-- Engines read changes and make none; operators make them under their own logins.
do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on policy_change, policy_approval to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on policy_change, policy_approval, policy_pack, catalogue, catalogue_item,
      active_catalogue, reference_revision, yikatong_migration to yikatong_operator;
    grant insert on policy_change, policy_approval, policy_pack to yikatong_operator;
    grant update on reference_revision to yikatong_operator;
  end if;
end
$$;
