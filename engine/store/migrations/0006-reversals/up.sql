-- What a reversal must never be: worked on by two engines, forgotten after a late approval, or closed by one
-- person alone.

alter table bank_leg
  -- Rises with every claim of the leg: the word of an engine that has lost it changes nothing.
  add column fence integer not null default 0 check (fence >= 0),
  -- Since when the outcome is open; the age of the oldest raises the alarm.
  add column open_since bigint,
  -- Retrieval reference number of an approval that came after the leg was given up.
  add column late_rrn text,
  -- 'kept': closed by two operators, because the bank keeps what it should have reversed.
  drop constraint bank_leg_state_check,
  add constraint bank_leg_state_check check (state in ('sending', 'approved', 'declined', 'not-sent',
    'reversing', 'reversed', 'repeating', 'kept'));
alter table bank_leg alter column fence drop default;

update bank_leg l
set open_since = case when l.leg_no = 0 then s.accepted_at else coalesce(
    (select r.at from refund r
     where (r.shard, r.settlement_id, r.refund_no) = (l.shard, l.settlement_id, l.leg_no)),
    s.accepted_at) end
from settlement s
where (s.shard, s.id) = (l.shard, l.settlement_id) and l.next_attempt_at is not null;
alter table bank_leg add constraint bank_leg_open_since
  check ((open_since is not null) = (next_attempt_at is not null));

-- By what an answer of the bank names: terminal, batch (field 60.2) and trace number (field 11).
create index bank_leg_trace on bank_leg (bank_terminal_id, batch, stan);

-- A reversal that the bank cannot answer is closed by two people: one proposes, another approves. Both are
-- only ever added to. Names are kept in lower case and without blanks around them, so that one person is
-- not two.
create table closing_proposal (
  shard smallint not null,
  settlement_id text not null,
  proposal_no smallint not null check (proposal_no >= 1),
  person_no text not null,
  leg_no smallint not null,
  outcome text not null check (outcome in ('bank-reversed', 'bank-kept')),
  reason text not null check (length(reason) between 1 and 500),
  -- The approval that the proposer knew of: a later one makes the proposal void.
  late_rrn text,
  proposed_by text not null check (proposed_by = lower(btrim(proposed_by)) and proposed_by <> ''),
  proposed_at bigint not null,
  primary key (shard, settlement_id, proposal_no),
  -- So that an approval can name the proposer, and the database can compare the two.
  unique (shard, settlement_id, proposal_no, proposed_by),
  foreign key (shard, settlement_id, leg_no) references bank_leg
);

create table closing_approval (
  shard smallint not null,
  settlement_id text not null,
  proposal_no smallint not null,
  person_no text not null,
  proposed_by text not null,
  approved_by text not null check (approved_by = lower(btrim(approved_by)) and approved_by <> ''),
  approved_at bigint not null,
  primary key (shard, settlement_id, proposal_no),
  foreign key (shard, settlement_id, proposal_no, proposed_by)
    references closing_proposal (shard, settlement_id, proposal_no, proposed_by),
  constraint closing_takes_two_people check (approved_by <> proposed_by)
);

-- The engine's own role reads closings and makes none: that is for people, under yikatong_operator.
do $$
begin
  create role yikatong_operator nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise notice 'the role yikatong_operator must be made by an administrator';
end
$$;

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on closing_proposal, closing_approval to yikatong_app;
  end if;
  if not exists (select from pg_roles where rolname = 'yikatong_operator') then
    return;
  end if;
  execute format('grant usage on schema %I to yikatong_operator', current_schema());
  grant select on all tables in schema public to yikatong_operator;
  grant insert on entry, outbox, accumulator, shared_account, closing_proposal, closing_approval
    to yikatong_operator;
  grant update (account_status, account_balance, account_held, version) on person
    to yikatong_operator;
  grant update on accumulator, shared_account, settlement, request, bank_leg, refund
    to yikatong_operator;
end
$$;
