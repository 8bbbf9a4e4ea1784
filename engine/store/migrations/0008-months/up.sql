-- Fewer and narrower rows for a settlement, and what grows with every settlement in monthly partitions: the
-- postings, and the request keys with their answers (nine tenths of all bytes).

-- Months of Beijing time: a business date lies in one of them.
create function yikatong_month_start_ms(month date) returns bigint
language sql immutable as $$
  select (extract(epoch from month::timestamp at time zone 'Asia/Shanghai') * 1000)::bigint
$$;

alter table request rename to request_before;
alter table request_before rename constraint request_pkey to request_before_pkey;

-- The stored answer of a request key, scoped to (terminal, card). The key comes before the terminal: keys that
-- terminals make in the order of time meet in a few pages of the index. That a key has one row only follows from
-- the person's version, which every batch guards; a unique key of a partitioned table has to hold `at`.
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
  primary key (shard, request_key, terminal_id, card_id, at),
  check (num_nonnulls(answer_status, answer_outcome, answer_body) in (0, 3)),
  check (state <> 'final' or answer_body is not null)
) partition by range (at);

-- Double entry, only ever added to: one row holds all entries of a posting. `person` is the medical personal
-- account of person_no; every other account is shared.
create table posting (
  shard smallint not null,
  settlement_id text not null,
  posting_no smallint not null,
  person_no text not null,
  accounts text[] not null,
  amounts bigint[] not null,
  posted_at bigint not null,
  primary key (shard, settlement_id, posting_no, posted_at),
  check (cardinality(accounts) = cardinality(amounts) and 0 <> all (amounts))
) partition by range (posted_at);

-- What no month is there for yet: a row is never refused for want of a partition.
create table request_default partition of request default;
alter table request_default set (toast_tuple_target = 8160);
create table posting_default partition of posting default;

-- Makes the partitions of the months from that of `first_at` (ms) on, and takes their rows over from the default
-- ones. Run at every start and by a job; months that are there stay as they are. Returns how many are new.
create function yikatong_add_months(first_at bigint, months integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  parent text;
  part text;
  time_column text;
  month date := date_trunc('month', to_timestamp(first_at / 1000) at time zone 'Asia/Shanghai');
  made integer := 0;
  from_ms bigint;
  to_ms bigint;
begin
  perform pg_advisory_xact_lock(7431205);
  for i in 1..months loop
    from_ms := yikatong_month_start_ms(month);
    to_ms := yikatong_month_start_ms((month + interval '1 month')::date);
    foreach parent in array array['request', 'posting'] loop
      part := parent || to_char(month, '_YYYY_MM');
      time_column := case parent when 'request' then 'at' else 'posted_at' end;
      continue when to_regclass(part) is not null;
      execute format('create table %I (like %I including defaults including constraints)', part, parent);
      if parent = 'request' then
        -- An answer stays in its row as it is, up to a page: see 0004.
        execute format('alter table %I set (toast_tuple_target = 8160)', part);
      end if;
      execute format('lock table %I in access exclusive mode', parent || '_default');
      execute format('with moved as (delete from %I where %I >= %s and %I < %s returning *)
        insert into %I select * from moved',
        parent || '_default', time_column, from_ms, time_column, to_ms, part);
      execute format('alter table %I attach partition %I for values from (%s) to (%s)',
        parent, part, from_ms, to_ms);
      made := made + 1;
    end loop;
    month := month + interval '1 month';
  end loop;
  return made;
end
$$;

-- The months that have rows, and two ahead.
select yikatong_add_months(first_at, 3 + ((now_at - first_at) / (28 * 86400000::bigint))::integer)
from (
  select least(min(at), now_at) as first_at, now_at
  from (select (extract(epoch from now()) * 1000)::bigint as now_at) as clock
  left join request_before on true
  group by now_at
) as past;

insert into request select * from request_before;
drop table request_before;

insert into posting
select shard, settlement_id, posting_no,
  coalesce(max(person_no), (select s.person_no from settlement s
    where (s.shard, s.id) = (e.shard, e.settlement_id)), ''),
  array_agg(account order by entry_no), array_agg(amount order by entry_no), max(posted_at)
from entry e
group by shard, settlement_id, posting_no;
drop table entry;

-- The entries one by one, for auditors and tests.
create view entry as
select p.shard, p.settlement_id, p.posting_no, (e.position - 1)::smallint as entry_no, e.account,
  case when e.account = 'person' then p.person_no end as person_no, e.amount, p.posted_at
from posting p
cross join lateral unnest(p.accounts, p.amounts) with ordinality as e (account, amount, position);

-- What the entries of months that were taken away came to. person_no is empty for shared accounts.
create table carried_entries (
  shard smallint not null,
  account text not null,
  person_no text not null,
  amount bigint not null,
  entries bigint not null,
  primary key (shard, account, person_no)
);

-- Takes a month ("2024_03") out of the books: its sums are carried, its partitions stay as tables of their own,
-- named as before, for whoever archives them. Nothing is dropped. Only months that are over by half a year.
create function yikatong_detach_month(month text) returns void
language plpgsql as $$
declare
  part text := 'posting_' || month;
begin
  perform pg_advisory_xact_lock(7431205);
  if to_date(month, 'YYYY_MM') > now() - interval '7 months' then
    raise exception 'the month % is too young to be taken away', month;
  end if;
  if not exists (select from pg_inherits
    where inhrelid = to_regclass(part) and inhparent = 'posting'::regclass) then
    raise exception 'the books have no month %', month;
  end if;
  execute format('alter table request detach partition %I', 'request_' || month);
  execute format('alter table posting detach partition %I', part);
  execute format('insert into carried_entries as t (shard, account, person_no, amount, entries)
    select p.shard, e.account, case when e.account = ''person'' then p.person_no else '''' end as owner,
      sum(e.amount), count(*)
    from %I p cross join lateral unnest(p.accounts, p.amounts) as e (account, amount)
    group by p.shard, e.account, owner
    on conflict (shard, account, person_no) do update
    set amount = t.amount + excluded.amount, entries = t.entries + excluded.entries', part);
end
$$;

-- What is written once and read whole stays text: taking it apart as jsonb was a sixth of the server's time.
alter table settlement alter column input type json using input::json,
  alter column warnings drop default, alter column warnings type json using warnings::json;
alter table settlement alter column warnings set default '[]';
alter table accumulator alter column amounts type json using amounts::json;
alter table outbox alter column payload type json using payload::json;

-- As before, with what was carried.
create or replace function yikatong_ledger_problems()
returns table (problem text, shard smallint, subject text, found numeric, expected numeric)
language sql stable as $$
  with moved as (
    select e.shard, e.account, coalesce(e.person_no, '') as person_no, sum(e.amount) as amount,
      sum(e.entries) as entries
    from (
      select e.shard, e.account, e.person_no, e.amount, 1 as entries from entry e
      union all
      select c.shard, c.account, c.person_no, c.amount, c.entries from carried_entries c
    ) as e
    group by e.shard, e.account, coalesce(e.person_no, '')
  )
  select 'posting does not balance', e.shard, e.settlement_id || '/' || e.posting_no, sum(e.amount), 0
  from entry e
  group by e.shard, e.settlement_id, e.posting_no
  having sum(e.amount) <> 0
  union all
  select 'personal account differs from its entries', p.shard, p.person_no, p.account_balance,
    p.opening_balance + coalesce(e.amount, 0)
  from person p
  left join moved e on (e.shard, e.person_no, e.account) = (p.shard, p.person_no, 'person')
  where p.account_balance <> p.opening_balance + coalesce(e.amount, 0)
  union all
  select 'shared account differs from its entries', coalesce(s.shard, e.shard),
    coalesce(s.account, e.account), coalesce(s.balance, 0), coalesce(e.amount, 0)
  from shared_account s
  full join (select * from moved where account <> 'person') e
    on (e.shard, e.account) = (s.shard, s.account)
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

-- Postings are append-only by grants, as entries were. Taking a month away is the owner's business.
revoke execute on function yikatong_add_months(bigint, integer), yikatong_detach_month(text) from public;
do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on request, posting, entry, carried_entries to yikatong_app;
    grant insert on request, posting to yikatong_app;
    grant update on request to yikatong_app;
    grant execute on function yikatong_add_months(bigint, integer) to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on request, posting, entry, carried_entries to yikatong_operator;
    grant insert on posting to yikatong_operator;
    grant update on request to yikatong_operator;
  end if;
end
$$;
