-- The people's rows, the shared accounts and the reference data.
--
-- Every row of a person carries the person's logical shard, first in its primary key, so that the same
-- schema runs on one PostgreSQL and, distributed by shard, on Citus. Therefore: no unique key without
-- shard on these tables, no triggers on them, foreign keys only to rows of the same shard.
-- Money is whole fen. Times are milliseconds since 1970, UTC. Dates are text as the standards write them.

create table person (
  shard smallint not null check (shard between 0 and 15),
  person_no text not null,
  name text not null,
  region text not null,
  scheme text not null,
  person_type text not null,
  insured boolean not null,
  birth_date text not null,
  traits text[] not null,
  account_status text not null check (account_status in ('active', 'none', 'frozen', 'closed')),
  account_balance bigint not null check (account_balance >= 0),
  account_held bigint not null check (account_held >= 0),
  -- What the account held when it came into this ledger: balance = opening balance + its entries.
  opening_balance bigint not null check (opening_balance >= 0),
  -- Guards all rows of the person: every batch that writes one of them raises it by one.
  version integer not null,
  primary key (shard, person_no),
  check (account_held <= account_balance)
) with (fillfactor = 80);

create table card (
  shard smallint not null,
  card_id text not null,
  person_no text not null,
  card_number text not null,
  card_class text not null,
  spec_version text not null,
  expires_on text,
  algorithm text not null check (algorithm in ('sm4', '3des')),
  status text not null check (status in ('active', 'not-activated', 'initial-pin', 'oral-loss',
    'written-loss', 'suspended', 'cancelled')),
  oral_loss_until bigint,
  pin_verifier text not null,
  pin_wrong_tries smallint not null check (pin_wrong_tries between 0 and 3),
  last_challenge bigint not null,
  last_atc integer not null,
  primary key (shard, card_id),
  foreign key (shard, person_no) references person
) with (fillfactor = 80);

-- The directory that finds a card's shard; distributed by card_id.
create table card_owner (
  card_id text primary key,
  shard smallint not null check (shard between 0 and 15),
  person_no text not null
);

create table accumulator (
  shard smallint not null,
  person_no text not null,
  year smallint not null,
  scheme text not null,
  -- Name of the yearly total to fen as decimal text.
  amounts jsonb not null,
  primary key (shard, person_no, year, scheme)
) with (fillfactor = 80);

create table settlement (
  shard smallint not null,
  id text not null,
  person_no text not null,
  state text not null check (state in ('reserved', 'posted', 'released', 'reversing', 'refunding',
    'refunded')),
  request_key text not null,
  terminal_id text not null,
  institution text not null,
  card_id text not null,
  care_type text not null,
  care_region text not null,
  insured_region text not null,
  accepted_at bigint not null,
  business_date text not null,
  posted_at bigint,
  tender text not null check (tender in ('none', 'cash', 'bank-debit')),
  pack_id text not null,
  input jsonb not null,
  total bigint not null,
  fund_total bigint not null check (fund_total >= 0),
  account_pay bigint not null check (account_pay >= 0),
  patient_pay bigint not null check (patient_pay >= 0),
  refunded_lines text[] not null,
  balance_after bigint not null check (balance_after >= 0),
  deadline bigint,
  primary key (shard, id),
  check (total = fund_total + account_pay + patient_pay),
  -- Every open state has a moment by which somebody must have finished it.
  check (state not in ('reserved', 'reversing', 'refunding') or deadline is not null)
);

-- The legal moves of settlement.state, read by the writing statement. A new settlement comes from
-- 'received'.
create table settlement_transition (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);
insert into settlement_transition (from_state, to_state) values
  ('received', 'posted'), ('received', 'reserved'),
  ('reserved', 'posted'), ('reserved', 'released'), ('reserved', 'reversing'),
  ('reversing', 'released'),
  ('posted', 'refunding'), ('posted', 'refunded'), ('posted', 'posted'),
  ('refunding', 'refunded'), ('refunding', 'posted');

-- The stored answer of a request key, scoped to (terminal, card).
create table request (
  shard smallint not null,
  terminal_id text not null,
  request_key text not null,
  card_id text not null,
  person_no text not null,
  fingerprint text not null,
  settlement_id text,
  state text not null check (state in ('running', 'unknown', 'final')),
  answer_status smallint,
  answer_outcome text check (answer_outcome in ('approved', 'declined', 'unknown')),
  answer_code text,
  -- The bytes of the answer, kept as text so that every repeat gets the same ones.
  answer_body text,
  at bigint not null,
  primary key (shard, terminal_id, request_key, card_id),
  check (num_nonnulls(answer_status, answer_outcome, answer_body) in (0, 3)),
  check (state <> 'final' or answer_body is not null)
);
create index request_by_settlement on request (shard, settlement_id) where settlement_id is not null;

create table bank_leg (
  shard smallint not null,
  settlement_id text not null,
  leg_no smallint not null,
  person_no text not null,
  kind text not null check (kind in ('sale', 'void', 'refund')),
  state text not null check (state in ('sending', 'approved', 'declined', 'not-sent', 'reversing',
    'reversed', 'repeating')),
  amount bigint not null check (amount > 0),
  stan integer not null check (stan between 1 and 999999),
  batch integer not null check (batch between 1 and 999999),
  bank_terminal_id text not null,
  bank_merchant_id text not null,
  sealed_reference text not null,
  rrn text,
  auth_code text,
  response_code text,
  host_time text,
  reversal_reason text check (reversal_reason in ('98', '96', 'A0', '06')),
  attempts integer not null check (attempts >= 0),
  next_attempt_at bigint,
  primary key (shard, settlement_id, leg_no),
  foreign key (shard, settlement_id) references settlement,
  -- A leg whose outcome is open is never forgotten: somebody looks after it at a known moment.
  check ((next_attempt_at is not null) = (state in ('sending', 'reversing', 'repeating')))
);
create index bank_leg_due on bank_leg (next_attempt_at) where next_attempt_at is not null;

create table refund (
  shard smallint not null,
  settlement_id text not null,
  refund_no smallint not null check (refund_no >= 1),
  person_no text not null,
  state text not null check (state in ('running', 'done', 'declined')),
  request_key text not null,
  terminal_id text not null,
  lines text[] not null,
  total bigint not null,
  fund_total bigint not null check (fund_total >= 0),
  account_pay bigint not null check (account_pay >= 0),
  patient_pay bigint not null check (patient_pay >= 0),
  at bigint not null,
  primary key (shard, settlement_id, refund_no),
  foreign key (shard, settlement_id) references settlement,
  check (total = fund_total + account_pay + patient_pay)
);

-- Double entry, only ever added to. `person` is the medical personal account of person_no; every other
-- account is shared. That the application cannot change or delete entries is a matter of grants (the
-- role yikatong_app, next migration): rules and triggers are refused on distributed tables.
create table entry (
  shard smallint not null,
  settlement_id text not null,
  posting_no smallint not null,
  entry_no smallint not null,
  account text not null,
  person_no text,
  amount bigint not null check (amount <> 0),
  posted_at bigint not null,
  primary key (shard, settlement_id, posting_no, entry_no),
  check ((account = 'person') = (person_no is not null))
);

-- One row per shard and account; the account's balance is the sum over the shards.
create table shared_account (
  shard smallint not null check (shard between 0 and 15),
  account text not null,
  balance bigint not null,
  entries bigint not null,
  primary key (shard, account)
) with (fillfactor = 40);

create table outbox (
  shard smallint not null,
  id bigint generated always as identity,
  topic text not null,
  settlement_id text not null,
  payload jsonb not null,
  created_at bigint not null,
  sent_at bigint,
  primary key (shard, id)
);

create table institution (
  code text primary key,
  name text not null,
  region text not null,
  care_place_kind text not null check (care_place_kind in ('hospital', 'pharmacy')),
  care_place_level smallint check (care_place_level between 1 and 3),
  is_community boolean not null
);

create table terminal (
  id text primary key,
  institution text not null references institution,
  is_enabled boolean not null,
  care_types text[] not null,
  public_key text not null,
  sealed_master_key text not null,
  sign_no text,
  sealed_pin_key text,
  sealed_mac_key text,
  signed_in_at bigint,
  bank_terminal_id text not null,
  bank_merchant_id text not null,
  bank_pin_key_blob text,
  bank_mac_key_blob text,
  check (num_nonnulls(sign_no, sealed_pin_key, sealed_mac_key, signed_in_at) in (0, 4)),
  check (num_nonnulls(bank_pin_key_blob, bank_mac_key_blob) in (0, 2))
);

create table invalid_list (
  level text not null check (level in ('national', 'provincial', 'city')),
  region text not null,
  version integer not null,
  loaded_at bigint not null,
  primary key (level, region)
);

create table invalid_list_entry (
  card_id text not null,
  level text not null,
  region text not null,
  reason text not null,
  primary key (card_id, level, region),
  foreign key (level, region) references invalid_list
);

-- Trace numbers for the bank, in blocks of a hundred: a restart leaves a gap, never a repeat.
create sequence bank_trace as bigint increment by 100 start with 100;

-- Raises `code` unless `holds`: lets a writing statement check itself. YK001: somebody else wrote
-- first (read and decide again). YK002: the statement itself is wrong (entries that do not balance).
create function yikatong_assert(holds boolean, code text, what text) returns boolean
language plpgsql volatile as $$
begin
  if holds is not true then
    raise exception using errcode = code, message = what;
  end if;
  return true;
end
$$;

-- The books, checked from their entries. No rows: all is well. Reads everything: for tests, the day's
-- end and auditors.
create function yikatong_ledger_problems()
returns table (problem text, shard smallint, subject text, found numeric, expected numeric)
language sql stable as $$
  select 'posting does not balance', e.shard, e.settlement_id || '/' || e.posting_no, sum(e.amount), 0
  from entry e
  group by e.shard, e.settlement_id, e.posting_no
  having sum(e.amount) <> 0
  union all
  select 'personal account differs from its entries', p.shard, p.person_no, p.account_balance,
    p.opening_balance + coalesce(e.amount, 0)
  from person p
  left join (
    select e.shard, e.person_no, sum(e.amount) as amount
    from entry e where e.account = 'person' group by e.shard, e.person_no
  ) e on (e.shard, e.person_no) = (p.shard, p.person_no)
  where p.account_balance <> p.opening_balance + coalesce(e.amount, 0)
  union all
  select 'shared account differs from its entries', coalesce(s.shard, e.shard),
    coalesce(s.account, e.account), coalesce(s.balance, 0), coalesce(e.amount, 0)
  from shared_account s
  full join (
    select e.shard, e.account, sum(e.amount) as amount, count(*) as entries
    from entry e where e.account <> 'person' group by e.shard, e.account
  ) e on (e.shard, e.account) = (s.shard, s.account)
  where (coalesce(s.balance, 0), coalesce(s.entries, 0))
    <> (coalesce(e.amount, 0), coalesce(e.entries, 0))
  union all
  select 'money held without an open settlement', p.shard, p.person_no, p.account_held,
    coalesce(s.held, 0)
  from person p
  left join (
    select s.shard, s.person_no, sum(s.account_pay) as held
    from settlement s where s.state in ('reserved', 'reversing') group by s.shard, s.person_no
  ) s on (s.shard, s.person_no) = (p.shard, p.person_no)
  where p.account_held <> coalesce(s.held, 0)
$$;
