-- Every region's policy as data: packs and catalogues that are added while engines run; and what the
-- packs of all regions need of a settlement: payers outside the funds' total, and the findings of the
-- checks of a bill.

-- 医院负担 and other payers that 基金支付总额 does not count. Older settlements had none.
alter table settlement
  add column other_pay bigint not null default 0 check (other_pay >= 0),
  -- What the checks of the bill found, in both languages.
  add column warnings jsonb not null default '[]',
  drop constraint settlement_check,
  add constraint settlement_parts
    check (total = fund_total + other_pay + account_pay + patient_pay);
alter table refund
  add column other_pay bigint not null default 0 check (other_pay >= 0),
  drop constraint refund_check,
  add constraint refund_parts check (total = fund_total + other_pay + account_pay + patient_pay);

-- "provincial", "top", "psychiatric" …: what packs of a region distinguish.
alter table institution add column care_place_marks text[] not null default '{}';

-- Policy packs that were activated. Reference table, only ever added to: an id never changes its
-- content, since settlements are computed again by the pack that they name.
create table policy_pack (
  id text primary key,
  -- The file as it was given.
  content text not null,
  -- SHA-256, hex, of the content without its layout.
  digest text not null,
  activated_at bigint not null
);

-- A version of a region's catalogue (医保目录). Reference tables. Rows of a version that no
-- active_catalogue names are nobody's yet: an import that is under way, or was broken off.
create table catalogue (
  version bigint generated always as identity primary key,
  region text not null,
  effective_from text not null,
  -- All but the items.
  header jsonb not null,
  items integer not null,
  -- SHA-256, hex, of the files that it was read from.
  digest text not null,
  imported_at bigint not null
);
create table catalogue_item (
  version bigint not null references catalogue,
  code text not null,
  content jsonb not null,
  primary key (version, code)
);
-- The switch: one row for each region and day from which a catalogue holds.
create table active_catalogue (
  region text not null,
  effective_from text not null,
  version bigint not null references catalogue,
  activated_at bigint not null,
  primary key (region, effective_from)
);

-- Raised in the transaction that changes what it names. Engines look here, often, and at the tables
-- only when it has risen. Whoever raises it holds the row: activations come one after the other.
create table reference_revision (
  name text primary key check (name in ('policy', 'catalogue')),
  revision bigint not null
);
insert into reference_revision (name, revision) values ('policy', 0), ('catalogue', 0);

-- Engines read all this and change nothing of it; activating and importing is for whoever may migrate.
do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on policy_pack, catalogue, catalogue_item, active_catalogue, reference_revision
      to yikatong_app;
  end if;
end
$$;
