-- Engines that divide the shards among them (ADR 0015). Without that setting nobody looks here.

-- Who is there. An engine's lease is renewed while it lives; when it is over, others take its shards.
create table engine_lease (
  engine text primary key check (engine ~ '^[0-9a-f]{16}$'),
  -- Where terminals reach it.
  address text not null check (address ~ '^https?://[^/?#]+$'),
  -- ms, by the database's clock.
  lease_until bigint not null
);

-- Whose a shard is. A batch names the epochs under which its engine owns the shards that it writes, and fails
-- whole when one has risen. It holds these rows shared until its commit, so no epoch rises under a batch.
create table shard_owner (
  shard smallint primary key check (shard between 0 and 15),
  engine text,
  epoch integer not null default 0 check (epoch >= 0)
);
insert into shard_owner (shard) select generate_series(0, 15);

-- What a bank said to an engine that no longer owned the person's shard: a command for the owner to carry out.
create table bank_word (
  shard smallint not null check (shard between 0 and 15),
  word_id text not null,
  command json not null,
  -- ms
  left_at bigint not null,
  primary key (shard, word_id)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert, update, delete on engine_lease to yikatong_app;
    grant select, update (engine, epoch) on shard_owner to yikatong_app;
    grant select, insert, delete on bank_word to yikatong_app;
  end if;
end
$$;
