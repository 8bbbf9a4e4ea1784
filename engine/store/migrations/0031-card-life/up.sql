-- The life of a card: its own state, its medical and its financial function, and who moved them, when and why.

alter table card
  add column medical text,
  add column financial text,
  -- 0: since before steps were recorded.
  add column status_since bigint not null default 0,
  -- Number of the card's last step; rises with each.
  add column steps integer not null default 0 check (steps >= 0),
  add column application_no text,
  add column issuing_bank text,
  add column replaces text,
  add column replaced_by text;

-- One word said what three say now. The bank's application of a card was never looked at here: as far as is known
-- it works, unless the card is gone. A suspension was of both.
alter table card drop constraint card_status_check;
update card set
  medical = case
    when status in ('not-activated', 'initial-pin', 'suspended') then status
    when status = 'cancelled' then 'closed'
    else 'active' end,
  financial = case status when 'suspended' then 'suspended' when 'cancelled' then 'closed' else 'active' end,
  status = case
    when status in ('not-activated', 'initial-pin', 'suspended') then 'active'
    else status end,
  oral_loss_until = case status when 'oral-loss' then oral_loss_until end;
alter table card
  alter column medical set not null,
  alter column financial set not null,
  alter column status_since drop default,
  alter column steps drop default,
  add constraint card_status_check check (status in ('personalised', 'at-bank', 'bank-refused', 'bank-approved',
    'made', 'delivered', 'active', 'oral-loss', 'written-loss', 'replaced', 'exchanged', 'cancelled',
    'uncollected', 'returned', 'destroyed')),
  add constraint card_medical_check check (medical in ('not-activated', 'initial-pin', 'active', 'suspended',
    'closed')),
  add constraint card_financial_check check (financial in ('not-activated', 'active', 'suspended', 'closed')),
  -- Nothing pays with a card that never comes back.
  add constraint card_dead_check check (medical <> 'active' or status not in ('replaced', 'exchanged',
    'cancelled', 'uncollected', 'returned', 'destroyed')),
  -- Only an oral report lapses.
  add constraint card_oral_loss_check check (oral_loss_until is null or status = 'oral-loss');
-- By an expression, so that no statement which names a card takes this index instead of the primary key: on a
-- table that was nearly empty when the statement was planned, it seems as good.
create index card_by_person on card ((person_no || ''));

-- The transition tables of engine/domain/card/card-machines.ts, looked up by the writing statement.
create table card_transition (
  machine text not null check (machine in ('card', 'medical', 'financial')),
  from_state text not null,
  to_state text not null,
  primary key (machine, from_state, to_state)
);
insert into card_transition (machine, from_state, to_state)
select machine, from_state, unnest(string_to_array(to_states, ' '))
from (values
  ('card', 'new', 'applied'),
  ('card', 'applied', 'reviewed rejected'),
  ('card', 'reviewed', 'personalised rejected'),
  ('card', 'personalised', 'at-bank cancelled'),
  ('card', 'at-bank', 'bank-approved bank-refused'),
  ('card', 'bank-refused', 'at-bank cancelled'),
  ('card', 'bank-approved', 'made cancelled'),
  ('card', 'made', 'delivered active uncollected cancelled'),
  ('card', 'delivered', 'made active uncollected cancelled'),
  ('card', 'active', 'oral-loss written-loss exchanged cancelled'),
  ('card', 'oral-loss', 'active written-loss cancelled'),
  ('card', 'written-loss', 'active replaced cancelled'),
  ('card', 'replaced', 'returned destroyed'),
  ('card', 'exchanged', 'returned destroyed'),
  ('card', 'cancelled', 'returned destroyed'),
  ('card', 'uncollected', 'destroyed'),
  ('card', 'returned', 'destroyed'),
  ('medical', 'new', 'not-activated'),
  ('medical', 'not-activated', 'initial-pin active suspended closed'),
  ('medical', 'initial-pin', 'active suspended closed'),
  ('medical', 'active', 'suspended closed'),
  ('medical', 'suspended', 'not-activated active closed'),
  ('financial', 'new', 'not-activated'),
  ('financial', 'not-activated', 'active suspended closed'),
  ('financial', 'active', 'suspended closed'),
  ('financial', 'suspended', 'not-activated active closed')
) as t (machine, from_state, to_states);

-- An application form (申领表): for a first card, a replacement or an exchange.
create table card_application (
  shard smallint not null,
  person_no text not null,
  application_no text not null,
  kind text not null check (kind in ('first', 'replacement', 'exchange')),
  state text not null check (state in ('applied', 'reviewed', 'personalised', 'rejected')),
  state_since bigint not null,
  applied_at bigint not null,
  region text not null,
  issuing_bank text not null,
  -- Of the employer who applies for its staff; null: by the person alone.
  employer text,
  batch_no text,
  cause text,
  -- The card whose place the new one takes, and the new one once it is personalised.
  replaces text,
  card_id text,
  -- How the card comes to its holder.
  delivery text not null check (delivery in ('window', 'post', 'employer')),
  fee bigint not null check (fee >= 0),
  fee_paid boolean not null,
  due_at bigint not null,
  steps integer not null check (steps >= 1),
  primary key (shard, application_no),
  foreign key (shard, person_no) references person,
  check ((kind = 'first') = (replaces is null)),
  check ((state = 'personalised') = (card_id is not null))
) with (fillfactor = 80);
create index card_application_by_person on card_application ((person_no || ''));

-- Every step of a card's life, and of its application before there is a card: only ever added to.
create table card_step (
  shard smallint not null,
  person_no text not null,
  -- The card's id, or the application's number.
  subject text not null,
  step_no integer not null check (step_no >= 1),
  -- Made by whoever asks: an order that comes twice is one step.
  order_id text not null,
  kind text not null,
  card_from text, card_to text,
  medical_from text, medical_to text,
  financial_from text, financial_to text,
  at bigint not null,
  by_kind text not null,
  by_id text not null,
  reason text,
  -- What was seen or signed: kinds and numbers of papers, never a copy of them.
  evidence json not null,
  primary key (shard, subject, step_no),
  unique (shard, person_no, order_id, subject),
  foreign key (shard, person_no) references person
);

-- A message is of a settlement, or of a step of a card's life.
alter table outbox
  alter column settlement_id drop not null,
  add column card_id text,
  add column card_step integer,
  add constraint outbox_subject_check check (num_nonnulls(settlement_id, card_id) = 1
    and (card_id is null) = (card_step is null));

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on card_transition, card_application, card_step to yikatong_app;
    grant insert on card, card_owner, card_application, card_step to yikatong_app;
    grant update on card_application to yikatong_app;
    grant update (status, medical, financial, status_since, oral_loss_until, steps, replaced_by, pin_verifier,
      pin_wrong_tries, last_challenge, last_atc) on card to yikatong_app;
  end if;
  -- Officers of the card office work under their own logins.
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on card_transition, card_application, card_step to yikatong_operator;
    grant insert on card, card_owner, card_application, card_step to yikatong_operator;
    grant update on card_application to yikatong_operator;
    grant update (status, medical, financial, status_since, oral_loss_until, steps, replaced_by, pin_verifier,
      pin_wrong_tries, last_challenge, last_atc) on card to yikatong_operator;
  end if;
end
$$;
