-- Who acts: accounts of operators with a second factor, and a row for every act and every read of a person's data.

create table operator (
  name text primary key check (name ~ '^[a-z][a-z0-9._-]{1,38}$'),
  roles text[] not null check (roles <@ array['cashier', 'supervisor', 'card-officer', 'bank-officer', 'finance',
    'clearing', 'policy', 'auditor', 'administrator']),
  -- Codes of six digits, each with all regions below it, and codes of institutions.
  regions text[] not null,
  institutions text[] not null,
  state text not null check (state in ('active', 'suspended', 'closed')),
  -- The login of this database that is the operator's own; see `yikatong login`.
  database_login text unique check (database_login = lower(database_login)),
  version integer not null check (version >= 1)
);

create table operator_credential (
  operator text primary key references operator,
  password_hash text not null check (password_hash ~ '^scrypt:'),
  must_change boolean not null,
  -- The TOTP secret, sealed under a key that is not in this database.
  sealed_secret text not null,
  last_step bigint not null,
  wrong_tries smallint not null check (wrong_tries between 0 and 5),
  locked_until bigint
);

create table operator_session (
  id text primary key,
  -- SHA-256 of the token; the token itself is stored nowhere.
  token_hash bytea not null unique check (length(token_hash) = 32),
  operator text not null references operator,
  started_at bigint not null,
  last_used_at bigint not null,
  ended_at bigint
);
create index operator_session_open on operator_session (operator) where ended_at is null;

-- What takes two people: one proposes, another ends it. Only added to.
create table proposal (
  proposal_no bigint generated always as identity primary key,
  action text not null,
  region text not null,
  institution text,
  -- What would be done, in the words of the action; no personal data.
  content jsonb not null,
  reason text not null check (length(reason) between 1 and 500),
  proposed_by text not null,
  proposed_session text,
  proposed_at bigint not null,
  -- Later nobody approves it any more.
  expires_at bigint not null check (expires_at > proposed_at),
  unique (proposal_no, proposed_by)
);

create table proposal_end (
  proposal_no bigint primary key,
  proposed_by text not null,
  verdict text not null check (verdict in ('approved', 'withdrawn')),
  ended_by text not null,
  ended_session text,
  ended_at bigint not null,
  foreign key (proposal_no, proposed_by) references proposal (proposal_no, proposed_by),
  constraint proposal_takes_two_people check (verdict <> 'approved' or ended_by <> proposed_by)
);

-- The key of references to persons. It leaves the database only in a backup, and nobody but the owner reads it.
create table audit_key (
  only_one boolean primary key default true check (only_one),
  key bytea not null check (length(key) = 32)
);
insert into audit_key (key)
  values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- By it the rows about one person are found, and from it nobody learns who it is.
create function yikatong_person_reference(person_no text) returns text
language sql stable strict security definer set search_path from current as $$
  select encode(substr(sha256(key || convert_to(person_no, 'UTF8') || key), 1, 16), 'hex') from audit_key
$$;
revoke all on function yikatong_person_reference(text) from public;

create table audit_row (
  audit_no bigint generated always as identity primary key,
  at bigint not null,
  principal_kind text not null check (principal_kind in ('terminal', 'agent', 'operator', 'peer', 'his', 'holder',
    'system')),
  principal_id text not null,
  session text,
  action text not null,
  regions text[] not null,
  institution text,
  -- What it was about, where that is no person: the number of a settlement, a proposal, the name of an account.
  subject text check (length(subject) <= 200),
  -- Written as the person's number; the trigger below stores the reference in its place.
  person_ref text,
  -- begun: the act follows, and its end is another row. read: the data were given after this row was durable.
  outcome text not null check (outcome in ('begun', 'done', 'refused', 'read')),
  code text,
  evidence text check (length(evidence) <= 500),
  -- The row of the act's beginning.
  begun_no bigint references audit_row
);
create index audit_row_at on audit_row using brin (at);
create index audit_row_person on audit_row (person_ref, audit_no) where person_ref is not null;
create index audit_row_principal on audit_row (principal_id, audit_no);

create function yikatong_audit_row() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if tg_op <> 'INSERT' then
    raise exception 'audit rows are only added' using errcode = 'YK002';
  end if;
  new.person_ref := yikatong_person_reference(new.person_ref);
  return new;
end
$$;
create trigger refer_to_person before insert on audit_row for each row execute function yikatong_audit_row();
create trigger only_added before update or delete on audit_row for each row execute function yikatong_audit_row();
create trigger never_emptied before truncate on audit_row for each statement execute function yikatong_audit_row();

-- Whoever acts under a login of their own writes their own name, also past the program: that of the account that
-- the login belongs to, else the login's. The engine writes for those who signed in at it. As in migration 0019.
create function yikatong_is_own_name(name text) returns boolean
language sql stable set search_path from current as $$
  select exists (select from pg_roles where rolname = 'yikatong_app' and pg_has_role(session_user, oid, 'member'))
    or name = coalesce((select o.name from operator o where o.database_login = lower(session_user)),
      lower(session_user))
$$;
alter table proposal enable row level security;
alter table proposal_end enable row level security;
alter table audit_row enable row level security;
create policy everybody_reads on proposal for select using (true);
create policy everybody_reads on proposal_end for select using (true);
create policy everybody_reads on audit_row for select using (true);
create policy own_name on proposal for insert with check (yikatong_is_own_name(proposed_by));
create policy own_name on proposal_end for insert with check (yikatong_is_own_name(ended_by));
create policy own_name on audit_row for insert with check (yikatong_is_own_name(principal_id));

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on operator, operator_credential, operator_session, proposal, proposal_end, audit_row
      to yikatong_app;
    grant update on operator, operator_credential, operator_session to yikatong_app;
    grant execute on function yikatong_person_reference(text) to yikatong_app;
    revoke all on audit_key from yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on operator to yikatong_operator;
    grant select, insert on proposal, proposal_end, audit_row to yikatong_operator;
    grant execute on function yikatong_person_reference(text) to yikatong_operator;
    revoke all on operator_credential, operator_session, audit_key from yikatong_operator;
  end if;
end
$$;
