-- What insurers put into medical personal accounts or take from them, beside settlements: files that one person puts
-- forward and another releases, and whose rows are posted once each.

create table credit_file (
  source text not null check (source ~ '^[0-9]{6}$'),
  file_date text not null,
  file_no integer not null check (file_no >= 1),
  -- SHA-256 of the rows, as the file's head names it; the same rows are never put forward twice.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  rows integer not null check (rows >= 1),
  total bigint not null,
  -- It takes back what this file has posted.
  reverses_date text,
  reverses_no integer,
  proposed_by text not null default lower(session_user),
  proposed_at bigint not null,
  withdrawn_by text,
  withdrawn_at bigint,
  -- Of the last time that all rows were tried, and how many were not posted then.
  done_at bigint,
  refused integer check (refused >= 0),
  primary key (source, file_date, file_no),
  unique (source, file_date, file_no, proposed_by),
  foreign key (source, reverses_date, reverses_no) references credit_file,
  check (num_nonnulls(reverses_date, reverses_no) in (0, 2)),
  check (num_nonnulls(withdrawn_by, withdrawn_at) in (0, 2)),
  check (num_nonnulls(done_at, refused) in (0, 2))
);
create unique index credit_file_by_hash on credit_file (hash) where withdrawn_at is null;
create unique index credit_file_reversed on credit_file (source, reverses_date, reverses_no)
  where withdrawn_at is null and reverses_no is not null;

create table credit_release (
  source text not null,
  file_date text not null,
  file_no integer not null,
  proposed_by text not null,
  released_by text not null default lower(session_user),
  released_at bigint not null,
  primary key (source, file_date, file_no),
  foreign key (source, file_date, file_no, proposed_by)
    references credit_file (source, file_date, file_no, proposed_by),
  check (released_by <> proposed_by)
);

-- The rows of the files.
create table credit_order (
  shard smallint not null,
  source text not null,
  file_date text not null,
  file_no integer not null,
  line integer not null,
  person_no text not null,
  credit_id text not null,
  -- The insurer's own number of the credit; one that takes another back has "R:" and that one's.
  reference text not null,
  kind text not null check (kind in ('contribution', 'retirement', 'interest', 'correction', 'transfer-in',
    'transfer-out', 'payout')),
  amount bigint not null check (amount <> 0),
  reverses text,
  -- With its file: another one may hold the row.
  is_withdrawn boolean not null default false,
  -- Why it was not posted when it was tried last.
  refusal text,
  tried_at bigint,
  primary key (shard, source, file_date, file_no, line),
  foreign key (source, file_date, file_no) references credit_file,
  foreign key (shard, person_no) references person,
  check (num_nonnulls(refusal, tried_at) in (0, 2))
);
-- A row is put forward once, in whichever file.
create unique index credit_order_once on credit_order (shard, person_no, source, reference)
  where not is_withdrawn;

-- What was posted, only ever added: written with its posting, in the same statement.
create table account_credit (
  shard smallint not null,
  person_no text not null,
  credit_id text not null,
  source text not null,
  file_date text not null,
  file_no integer not null,
  line integer not null,
  kind text not null,
  amount bigint not null check (amount <> 0),
  balance_after bigint not null check (balance_after >= 0),
  status_before text not null,
  reverses text,
  posted_at bigint not null,
  primary key (shard, person_no, credit_id),
  foreign key (shard, person_no) references person
);
create unique index account_credit_reversed on account_credit (shard, person_no, reverses)
  where reverses is not null;
create index account_credit_of_file on account_credit (source, file_date, file_no);

-- Whoever puts forward and whoever releases writes their own login, also past the engine.
alter table credit_file enable row level security;
alter table credit_release enable row level security;
create policy everybody_reads on credit_file for select using (true);
create policy everybody_reads on credit_release for select using (true);
create policy own_login on credit_file for insert with check (proposed_by = lower(session_user));
create policy own_login on credit_release for insert with check (released_by = lower(session_user));
create policy everybody_goes_on on credit_file for update using (true)
  with check (withdrawn_by is null or withdrawn_by = lower(session_user));

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on credit_file, credit_release, credit_order, account_credit to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on credit_file, credit_release, credit_order, account_credit to yikatong_operator;
    grant insert on credit_file, credit_release, credit_order, account_credit to yikatong_operator;
    grant update (withdrawn_by, withdrawn_at, done_at, refused) on credit_file to yikatong_operator;
    grant update (refusal, tried_at, is_withdrawn) on credit_order to yikatong_operator;
  end if;
end
$$;
