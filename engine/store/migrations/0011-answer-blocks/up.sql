-- The answers that a batch gives stand together, compressed, in one row of their own: an answer repeats what the
-- others of its batch say, and was six tenths of a settlement's log and four fifths of its room.

-- Lines of JSON, as zstd; uncompressed where it begins with a brace. `id` is a moment (ms) and 22 random bits, so it
-- finds the month, which is that of the requests. The shard is that of the batch's first answer; a request names it.
-- Never changed.
create table answer_block (
  shard smallint not null,
  id bigint not null,
  bodies bytea not null,
  primary key (shard, id)
) partition by range (id);

create table answer_block_default partition of answer_block default;
alter table answer_block_default alter column bodies set storage external;
alter table answer_block_default set (toast_tuple_target = 8160);

-- As before, and the months of answer blocks.
create or replace function yikatong_add_months(first_at bigint, months integer) returns integer
language plpgsql security definer set search_path from current as $$
declare
  parent text;
  part text;
  time_column text;
  unit bigint;
  month date := date_trunc('month', to_timestamp(first_at / 1000) at time zone 'Asia/Shanghai');
  made integer := 0;
  low bigint;
  high bigint;
begin
  perform pg_advisory_xact_lock(7431205);
  for i in 1..months loop
    foreach parent in array array['request', 'posting', 'answer_block'] loop
      part := parent || to_char(month, '_YYYY_MM');
      continue when to_regclass(part) is not null;
      time_column := case parent when 'request' then 'at' when 'posting' then 'posted_at' else 'id' end;
      unit := case parent when 'answer_block' then 1 << 22 else 1 end;
      low := unit * yikatong_month_start_ms(month);
      high := unit * yikatong_month_start_ms((month + interval '1 month')::date);
      execute format('create table %I (like %I including defaults including constraints)', part, parent);
      if parent = 'answer_block' then
        -- A block is compressed already, and stays in its row up to a page.
        execute format('alter table %I alter column bodies set storage external', part);
        execute format('alter table %I set (toast_tuple_target = 8160)', part);
      end if;
      execute format('lock table %I in access exclusive mode', parent || '_default');
      execute format('with moved as (delete from %I where %I >= %s and %I < %s returning *)
        insert into %I select * from moved',
        parent || '_default', time_column, low, time_column, high, part);
      execute format('alter table %I attach partition %I for values from (%s) to (%s)',
        parent, part, low, high);
      made := made + 1;
    end loop;
    month := month + interval '1 month';
  end loop;
  return made;
end
$$;

do $$
begin
  execute format('alter function yikatong_add_months(bigint, integer) set search_path = %I, pg_temp',
    current_schema());
end
$$;

-- The months that have requests, and two ahead.
select yikatong_add_months(first_at, 3 + ((now_at - first_at) / (28 * 86400000::bigint))::integer)
from (
  select least(min(at), now_at) as first_at, now_at
  from (select (extract(epoch from now()) * 1000)::bigint as now_at) as clock
  left join request on true
  group by now_at
) as past;

alter table request
  add column answer_shard smallint,
  add column answer_block bigint,
  add column answer_no smallint;

-- Each answer that is there becomes a block of its own.
update request r set answer_shard = r.shard, answer_block = p.block, answer_no = 0
from (
  select shard, request_key, terminal_id, card_id, at,
    at * (1 << 22) + row_number() over (partition by shard, at) as block
  from request where answer_body is not null
) as p
where (r.shard, r.request_key, r.terminal_id, r.card_id, r.at)
  = (p.shard, p.request_key, p.terminal_id, p.card_id, p.at);

insert into answer_block
select answer_shard, answer_block, convert_to(answer_body, 'UTF8') from request where answer_body is not null;

-- The checks that name the column go with it.
alter table request drop column answer_body;
alter table request
  add check (num_nonnulls(answer_status, answer_outcome, answer_shard, answer_block, answer_no) in (0, 5)),
  add check (state <> 'final' or answer_block is not null);

-- As before, with the answers.
create or replace function yikatong_detach_month(month text) returns void
language plpgsql as $$
declare
  part text := 'posting_' || month;
  first_day date := to_date(month, 'YYYY_MM');
  from_ms bigint := yikatong_month_start_ms(first_day);
  to_ms bigint := yikatong_month_start_ms((first_day + interval '1 month')::date);
begin
  perform pg_advisory_xact_lock(7431205);
  if first_day > now() at time zone 'Asia/Shanghai' - interval '7 months' then
    raise exception using errcode = 'YK003',
      message = format('the month %s is too young to be taken away', month);
  end if;
  if not exists (select from pg_inherits
    where inhrelid = to_regclass(part) and inhparent = 'posting'::regclass) then
    raise exception using errcode = 'YK004', message = format('the books have no month %s', month);
  end if;
  -- Nobody adds to it from here on.
  execute format('lock table %I in share mode', part);
  execute format('insert into carried_entries as t (shard, account, person_no, amount, entries)
    select p.shard, e.account, case when e.account = ''person'' then p.person_no else '''' end as owner,
      sum(e.amount), count(*)
    from %I p cross join lateral unnest(p.accounts, p.amounts) as e (account, amount)
    group by p.shard, e.account, owner
    on conflict (shard, account, person_no) do update
    set amount = t.amount + excluded.amount, entries = t.entries + excluded.entries', part);
  execute format('alter table request detach partition %I', 'request_' || month);
  execute format('alter table answer_block detach partition %I', 'answer_block_' || month);
  execute format('alter table posting detach partition %I', part);
  if exists (select from bank_leg b
    join settlement s on (s.shard, s.id) = (b.shard, b.settlement_id)
    left join refund f on (f.shard, f.settlement_id, f.refund_no) = (b.shard, b.settlement_id, b.leg_no)
    where b.next_attempt_at is not null
      and coalesce(f.at, s.accepted_at) >= from_ms and coalesce(f.at, s.accepted_at) < to_ms) then
    raise exception using errcode = 'YK005',
      message = format('sales or refunds of the month %s wait for the bank', month);
  end if;
end
$$;

revoke execute on function yikatong_add_months(bigint, integer), yikatong_detach_month(text) from public;
do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on answer_block to yikatong_app;
    grant execute on function yikatong_add_months(bigint, integer) to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select, insert on answer_block to yikatong_operator;
  end if;
end
$$;
