-- What travels between the office (HRSS) and the cards' banks: messages to a bank in order per card, batches of
-- cards to be made, the banks' own notices, and what people must look at.

-- Messages of settlements have no part in these columns and indexes.
-- Number of the message among those of its card, given before it is first sent; with the card its identity.
alter table outbox add column card_sequence integer check (card_sequence >= 1);
alter table outbox add column batch_no bigint;
alter table outbox add constraint outbox_card_numbered
  check (card_id is null or sent_at is null or card_sequence is not null);
create unique index outbox_card_sequence on outbox (shard, card_id, card_sequence)
  where card_sequence is not null;
create index outbox_card_waiting on outbox (shard, card_id, id)
  where card_id is not null and sent_at is null;
create index outbox_batch on outbox (batch_no, shard, card_id) where batch_no is not null;

-- Who sends a card's messages now, and when they are sent next. `fence` rises with each claim: whoever has lost
-- the claim changes nothing.
create table card_delivery (
  shard smallint not null,
  card_id text not null,
  last_sequence integer not null check (last_sequence >= 0),
  fence integer not null check (fence >= 1),
  next_at bigint not null,
  attempts integer not null check (attempts >= 0),
  last_failure text,
  primary key (shard, card_id)
);

-- The banks that make cards. The engine calls the address; the key verifies what the bank says.
create table card_bank (
  code text primary key,
  name text not null,
  address text not null,
  public_key text not null,
  is_enabled boolean not null
);

create table card_batch (
  batch_no bigint generated always as identity primary key,
  bank text not null,
  rows integer not null check (rows >= 1),
  created_at bigint not null,
  accepted_at bigint,
  fence integer not null check (fence >= 0),
  next_at bigint not null,
  attempts integer not null check (attempts >= 0),
  last_failure text
);
create index card_batch_waiting on card_batch (next_at) where accepted_at is null;

-- What neither side can settle alone: a message that the bank refused, or a notice of the bank that contradicts
-- the records.
create table bank_work_item (
  shard smallint not null,
  card_id text not null,
  direction text not null check (direction in ('message', 'notice')),
  sequence integer not null,
  bank text not null,
  code text not null,
  detail text not null,
  owner text not null,
  opened_at bigint not null,
  deadline bigint not null check (deadline >= opened_at),
  closed_at bigint,
  closed_by text,
  note text,
  primary key (shard, card_id, direction, sequence),
  check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (note is null))
);
create index bank_work_item_open on bank_work_item (deadline) where closed_at is null;

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on card_delivery, card_bank, card_batch, bank_work_item to yikatong_app;
    grant update (card_sequence, batch_no) on outbox to yikatong_app;
    grant insert, update on card_delivery, card_batch to yikatong_app;
    grant insert on bank_work_item to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on card_delivery, card_bank, card_batch, bank_work_item to yikatong_operator;
    grant update (sent_at) on outbox to yikatong_operator;
    grant update (next_at, attempts) on card_delivery, card_batch to yikatong_operator;
    grant update (closed_at, closed_by, note) on bank_work_item to yikatong_operator;
  end if;
end
$$;
