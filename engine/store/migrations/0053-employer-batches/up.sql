-- Applications for cards that employers bring for their staff, as files.

-- An employer with an agreement (单位申领协议) may apply for its staff.
create table employer_agreement (
  employer text primary key,
  name text not null,
  region text not null check (region ~ '^[0-9]{6}$'),
  agreement_no text not null,
  from_day text not null,
  -- The last day; null: until it is ended.
  until_day text check (until_day >= from_day),
  -- The bank that its staff is bound to; null: each chooses from the region's list.
  bank text,
  recorded_by text not null default lower(session_user),
  recorded_at bigint not null
);

-- Groups of a region whose cards come from one bank, by person type.
create table bank_binding (
  region text not null check (region ~ '^[0-9]{6}$'),
  person_type text not null,
  bank text not null,
  primary key (region, person_type)
);

create table employer_batch (
  batch_no text primary key check (batch_no ~ '^[A-Z0-9]{6,16}$'),
  employer text not null references employer_agreement,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  rows integer not null check (rows >= 1),
  received_by text not null default lower(session_user),
  received_at bigint not null,
  -- Of the last time that all rows were tried, and how many were refused then.
  done_at bigint,
  refused integer check (refused >= 0),
  check (num_nonnulls(done_at, refused) in (0, 2))
);

create table employer_batch_row (
  shard smallint not null,
  batch_no text not null references employer_batch,
  line integer not null,
  person_no text not null,
  application_no text not null,
  bank text not null,
  -- "id-record", or the number of a studio's receipt.
  photo text not null,
  refusal text,
  detail text,
  primary key (shard, batch_no, line),
  unique (shard, batch_no, person_no),
  foreign key (shard, person_no) references person
);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on employer_agreement, bank_binding, employer_batch, employer_batch_row to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on employer_agreement, bank_binding, employer_batch, employer_batch_row to yikatong_operator;
    grant insert on employer_agreement, bank_binding, employer_batch, employer_batch_row to yikatong_operator;
    grant update (name, region, agreement_no, from_day, until_day, bank, recorded_by, recorded_at)
      on employer_agreement to yikatong_operator;
    grant update (bank) on bank_binding to yikatong_operator;
    grant update (done_at, refused) on employer_batch to yikatong_operator;
    grant update (refusal, detail) on employer_batch_row to yikatong_operator;
  end if;
end
$$;
