-- A real place is put on record by its own files. An institution can be suspended as a terminal can, and what a
-- person had counted in an earlier system stays on record beside the accumulator that goes on from there.
alter table institution add column is_enabled boolean not null default true;

create table opening_accumulator (
  shard smallint not null,
  person_no text not null,
  year smallint not null,
  scheme text not null,
  -- Name of the yearly total to fen as decimal text, as accumulator.amounts.
  amounts jsonb not null,
  recorded_by text not null default session_user,
  recorded_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
  primary key (shard, person_no, year, scheme),
  foreign key (shard, person_no) references person
);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on opening_accumulator to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on opening_accumulator to yikatong_operator;
  end if;
end
$$;
