-- Who is insured where, in which scheme and when, comes from the insurers' daily files. A person has several
-- relations; what the counter needs of them stands in the person's row, so that a sale reads nothing more.

-- "<region> <scheme> <person type> <first day> <last day or ->" of each span in which the person is insured, in the
-- order in which they come at a counter. NULL: no relation is on record, and the row's own columns say who pays.
alter table person add column insured_spans text[];

-- The files, by insurer, day and number of the day.
create table insurance_file (
  source text not null check (source ~ '^[0-9]{6}$'),
  file_date text not null,
  file_no integer not null check (file_no >= 1),
  -- SHA-256 of the rows, as the file's head names it.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  rows integer not null check (rows >= 0),
  imported_by text not null default session_user,
  started_at bigint not null,
  -- Of the last time that it came to its end; NULL: it was broken off, and is to be given again.
  done_at bigint,
  rejected integer check (rejected >= 0),
  primary key (source, file_date, file_no),
  check ((done_at is null) = (rejected is null))
);

-- The rows of the files, only ever added: the history of each relation.
create table insurance_change (
  shard smallint not null,
  person_no text not null,
  source text not null,
  relation_no text not null,
  file_date text not null,
  file_no integer not null,
  line integer not null,
  state text not null check (state in ('normal', 'paused', 'arrears', 'ended')),
  from_day text not null,
  until_day text check (until_day >= from_day),
  region text not null,
  scheme text not null,
  person_type text not null,
  employer text,
  recorded_at bigint not null,
  primary key (shard, person_no, source, relation_no, file_date, file_no, line),
  foreign key (shard, person_no) references person
);
create index insurance_change_of_file on insurance_change (source, file_date, file_no);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on insurance_file, insurance_change to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on insurance_file, insurance_change to yikatong_operator;
    grant insert on insurance_file, insurance_change to yikatong_operator;
    grant update (started_at, done_at, rejected) on insurance_file to yikatong_operator;
    grant update (insured_spans, region, scheme, person_type) on person to yikatong_operator;
  end if;
end
$$;
