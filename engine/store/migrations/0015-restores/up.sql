-- A restored database forgets what was done after its backup; the bank does not.

-- Every time the engine, or an operator, saw that these books are not where they were left. Rows are added only.
create table restore (
  restore_no integer generated always as identity primary key,
  -- The books, over all copies of them.
  books text not null check (length(books) = 36),
  noted_at bigint not null,
  cause text not null check (cause in ('first-start', 'operator', 'other-database', 'traces-behind',
    'bank-copy')),
  -- The database that held the books then: see yikatong_database_identity().
  identity text not null,
  -- Trace numbers from `trace_from` to `trace_to` are never given out.
  trace_from bigint not null,
  trace_to bigint not null check (trace_to >= trace_from),
  cards_locked integer not null check (cards_locked >= 0)
);

-- Changes with a restore into another database (oid), a switch to a standby (timeline) and another server
-- (system identifier).
create function yikatong_database_identity() returns text language sql stable as $$
  select concat_ws('/', (select system_identifier from pg_control_system()),
    (select timeline_id from pg_control_checkpoint()),
    (select oid from pg_database where datname = current_database()))
$$;

-- Finds the leg to which the bank gave a retrieval reference before.
create index bank_leg_reference on bank_leg (bank_terminal_id, rrn) where rrn is not null;

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on restore to yikatong_app;
    grant update on sequence bank_trace to yikatong_app;
  end if;
end
$$;
