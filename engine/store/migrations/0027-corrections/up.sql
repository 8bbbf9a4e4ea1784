-- Later bills that were split anew because an earlier one went back, and what the person owes by that, or is
-- owed.

-- Only ever added. The accumulators and the account's limit are those from which the bill's remaining lines are
-- split from now on.
create table correction (
  shard smallint not null,
  person_no text not null,
  settlement_id text not null,
  correction_no smallint not null check (correction_no >= 1),
  -- The settlement whose refund it follows from.
  caused_by text not null,
  refund_no smallint not null,
  -- How many of its own lines had gone back.
  lines_refunded smallint not null check (lines_refunded >= 0),
  accumulators json not null,
  account_available bigint not null check (account_available >= 0),
  fund_total_before bigint not null check (fund_total_before >= 0),
  other_pay_before bigint not null check (other_pay_before >= 0),
  account_pay_before bigint not null check (account_pay_before >= 0),
  patient_pay_before bigint not null check (patient_pay_before >= 0),
  total bigint not null,
  fund_total bigint not null check (fund_total >= 0),
  other_pay bigint not null check (other_pay >= 0),
  account_pay bigint not null check (account_pay >= 0),
  patient_pay bigint not null check (patient_pay >= 0),
  at bigint not null,
  primary key (shard, person_no, settlement_id, correction_no),
  foreign key (shard, settlement_id) references settlement,
  check (total = fund_total + other_pay + account_pay + patient_pay),
  check (total = fund_total_before + other_pay_before + account_pay_before + patient_pay_before)
);

-- What the person owes for a corrected settlement (above zero) or is owed (below), and how much of it was paid.
create table claim (
  shard smallint not null,
  person_no text not null,
  settlement_id text not null,
  region text not null,
  owed bigint not null,
  paid bigint not null,
  payments smallint not null check (payments >= 0),
  changed_at bigint not null,
  -- Of the last payment: who recorded it, and the number of its voucher.
  paid_by text,
  voucher text,
  primary key (shard, person_no, settlement_id),
  foreign key (shard, settlement_id) references settlement,
  check ((payments > 0) = (paid_by is not null) and (payments > 0) = (voucher is not null))
);
create index claim_open on claim (region, changed_at) where owed <> paid;

-- The part of a refund that goes to what the person still owed for the settlement, not back to them.
alter table refund add column claim_pay bigint not null default 0
  check (claim_pay between 0 and patient_pay);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on correction, claim to yikatong_app;
    grant update on claim to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on correction, claim to yikatong_operator;
    grant insert, update on claim to yikatong_operator;
  end if;
end
$$;
