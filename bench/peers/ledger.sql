-- The peers' ledger: as many rows of the same kinds as the engine writes for a settlement, in the plainest
-- schema that keeps the same promises (one answer per request key, no account below zero, double entry).

create table peer_person (
  id integer primary key,
  balance bigint not null check (balance >= 0),
  version integer not null default 0
) with (fillfactor = 80);
create table peer_card (
  person integer primary key references peer_person,
  last_challenge bigint not null default 0
) with (fillfactor = 80);
create table peer_accumulator (
  person integer not null references peer_person,
  year smallint not null,
  amounts jsonb not null,
  primary key (person, year)
) with (fillfactor = 80);
create table peer_account (
  name text primary key,
  balance bigint not null default 0,
  entries bigint not null default 0
) with (fillfactor = 40);
create table peer_settlement (
  id bigint generated always as identity primary key,
  person integer not null references peer_person,
  merchant text not null,
  accepted_at bigint not null,
  input jsonb not null,
  total bigint not null,
  fund_total bigint not null check (fund_total >= 0),
  account_pay bigint not null check (account_pay >= 0),
  check (total = fund_total + account_pay)
);
create table peer_request (
  merchant text not null,
  request_key text not null,
  settlement bigint not null,
  answer text not null,
  primary key (merchant, request_key)
);
alter table peer_request set (toast_tuple_target = 8160);
create table peer_entry (
  settlement bigint not null,
  entry_no smallint not null,
  account text not null,
  amount bigint not null check (amount <> 0),
  primary key (settlement, entry_no)
);
create table peer_outbox (
  id bigint generated always as identity primary key,
  settlement bigint not null,
  payload jsonb not null
);

-- The whole settlement in one call and one commit; the hot rows last.
create function peer_settle(p integer, m integer, f integer, request_key text) returns bigint
language plpgsql as $$
declare
  merchant text := 'institution:' || m;
  fund text := 'fund:' || f;
  now_ms bigint := extract(epoch from clock_timestamp()) * 1000;
  this_year smallint := extract(year from now());
  used bigint;
  balance_now bigint;
  settlement bigint;
begin
  select balance into balance_now from peer_person where id = p for update;
  select coalesce((a.amounts ->> 'inScope')::bigint, 0) into used
    from peer_accumulator a where a.person = p and a.year = this_year;
  insert into peer_settlement (person, merchant, accepted_at, input, total, fund_total, account_pay)
    values (p, merchant, now_ms, jsonb_build_object('lines', repeat(md5(request_key), :input_bytes / 32)),
      13200, 8000, 5200)
    returning id into settlement;
  insert into peer_request
    values (merchant, request_key, settlement, repeat(md5(request_key), :answer_bytes / 32));
  insert into peer_entry values (settlement, 1, fund, -8000), (settlement, 2, 'person', -5200),
    (settlement, 3, merchant, 13200);
  insert into peer_outbox (settlement, payload)
    values (settlement, jsonb_build_object('settlement', settlement, 'balance', balance_now));
  update peer_person set balance = balance - 5200, version = version + 1 where id = p;
  update peer_card set last_challenge = now_ms * 1000 where person = p;
  insert into peer_accumulator as t values (p, this_year, jsonb_build_object('inScope', used + 8000))
    on conflict (person, year) do update set amounts = excluded.amounts;
  update peer_account set balance = balance - 8000, entries = entries + 1 where name = fund;
  update peer_account set balance = balance + 13200, entries = entries + 1 where name = merchant;
  return settlement;
end
$$;

insert into peer_person (id, balance) select n, 1000000000000 from generate_series(1, :people) as n;
insert into peer_card (person) select n from generate_series(1, :people) as n;
insert into peer_account (name) select 'institution:' || n from generate_series(1, :merchants) as n;
insert into peer_account (name) select 'fund:' || n from generate_series(1, :funds) as n;
