-- As before, but each reason for leaving a month where it is has a state of its own, so that the job that
-- carries out the policy can tell it (YK003 to YK005); and half a year is counted by Beijing's days, as
-- months are.
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
