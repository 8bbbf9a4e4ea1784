-- What the cards' banks say themselves (银行通知), each card's in order, and the files in which they review batches.

-- Nobody is told of a card without a bank.
drop index outbox_card_waiting;
create index outbox_card_waiting on outbox (shard, card_id, id)
  where card_id is not null and sent_at is null and payload->>'issuingBank' is not null;

-- The order that a notice leads to is a step of the card, carried out once; this row says that it was, or why not.
create table bank_notice (
  shard smallint not null,
  card_id text not null,
  sequence integer not null check (sequence >= 1),
  bank text not null,
  kind text not null,
  -- Of its content, hex: another one under the same number is a contradiction.
  digest text not null,
  outcome text not null check (outcome in ('taken', 'refused')),
  code text,
  received_at bigint not null,
  primary key (shard, card_id, sequence),
  check ((outcome = 'refused') = (code is not null))
);

create table bank_review_file (
  bank text not null,
  file_no bigint not null check (file_no >= 1),
  batch_no bigint not null,
  digest text not null,
  rows integer not null check (rows >= 1),
  received_at bigint not null,
  done_at bigint,
  refused integer,
  primary key (bank, file_no),
  check ((done_at is null) = (refused is null))
);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on bank_notice, bank_review_file to yikatong_app;
    grant update (done_at, refused) on bank_review_file to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on bank_notice, bank_review_file to yikatong_operator;
  end if;
end
$$;
