-- Invalid lists of ten million cards. A list moves from version to version; an entry is of every version from
-- `from_version` on and before `until_version`. So a new version is written beside the one in force, in as many
-- transactions as it takes, and one row of `invalid_list` puts it in force; and what was listed at any time stays
-- on record.
alter table invalid_list
  add column list_no smallint generated always as identity unique,
  add column entries integer not null default 0 check (entries >= 0),
  -- Sum over the entries (engine/base/crypto/set-hash.ts). Unknown: only a full list may follow.
  add column list_hash text check (list_hash ~ '^[0-9A-F]{64}$'),
  -- When the issuer made the version, ms; the list's age counts from here.
  add column issued_at bigint not null default 0,
  -- The engine's own: made from its cards, published for others.
  add column is_kept_here boolean not null default false;
update invalid_list set issued_at = loaded_at;

create function yikatong_list_moves_on() returns trigger language plpgsql as $$
begin
  if new.version < old.version then
    raise exception using errcode = 'YK003',
      message = format('invalid list %s %s: version %s would go back to %s',
        old.level, old.region, old.version, new.version);
  end if;
  return new;
end
$$;
create trigger moves_on before update on invalid_list
  for each row execute function yikatong_list_moves_on();

alter table invalid_list_entry rename to old_invalid_list_entry;
alter table old_invalid_list_entry
  drop constraint invalid_list_entry_pkey, drop constraint invalid_list_entry_level_region_fkey;
create table invalid_list_entry (
  -- The 16 bytes of a card id.
  card_id uuid not null,
  from_version integer not null,
  until_version integer check (until_version > from_version),
  list_no smallint not null references invalid_list (list_no),
  -- Taken from the card's own row, which the counter reads anyway and which is newer.
  follows_card boolean not null default false,
  reason text not null,
  primary key (card_id, list_no, from_version)
);
-- An id of another form was never matched: no card has it.
insert into invalid_list_entry (card_id, from_version, list_no, reason)
select o.card_id::uuid, l.version, l.list_no, o.reason
from old_invalid_list_entry o join invalid_list l using (level, region)
where o.card_id ~ '^[0-9A-F]{32}$'
order by o.card_id;
drop table old_invalid_list_entry;
update invalid_list l set entries =
  (select count(*) from invalid_list_entry e where e.list_no = l.list_no);

-- Every version that was in force here.
create table invalid_list_version (
  list_no smallint not null references invalid_list (list_no),
  version integer not null,
  -- Undefined: a full list.
  base_version integer check (base_version < version),
  entries integer not null,
  added integer not null,
  removed integer not null,
  list_hash text,
  -- SHA-256 of the file, the key that signed it and its signature; none for a version that no file brought.
  file_hash text,
  key_id text,
  signature text,
  issued_at bigint not null,
  loaded_at bigint not null,
  loaded_by text not null default session_user,
  primary key (list_no, version)
);
insert into invalid_list_version (list_no, version, entries, added, removed, issued_at, loaded_at)
select list_no, version, entries, entries, 0, issued_at, loaded_at from invalid_list;

-- Versions that were in force together. A decision names the set that it was made under.
create table invalid_list_set (
  set_no integer primary key,
  -- "city 441900" to version.
  versions jsonb not null,
  made_at bigint not null
);
insert into invalid_list_set
select 1, coalesce(jsonb_object_agg(level || ' ' || region, version), '{}'), coalesce(max(loaded_at), 0)
from invalid_list;

-- An import under way, or broken off: goes on from `rows_done`.
create table invalid_list_import (
  list_no smallint primary key references invalid_list (list_no),
  version integer not null,
  base_version integer,
  file_hash text not null,
  rows_done integer not null default 0,
  added integer not null default 0,
  removed integer not null default 0,
  -- The last card of the rows that are done.
  last_card uuid,
  started_at bigint not null,
  changed_at bigint not null
);

-- Whose signature a list must bear.
create table invalid_list_issuer (
  key_id text primary key,
  level text not null check (level in ('national', 'provincial', 'city')),
  region text not null check (region ~ '^[0-9]{6}$'),
  algorithm text not null check (algorithm in ('ed25519', 'sm2')),
  -- SPKI DER, base64.
  public_key text not null,
  added_at bigint not null,
  added_by text not null default session_user,
  revoked_at bigint
);

alter table settlement add column list_set integer;

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select on invalid_list_entry, invalid_list_version, invalid_list_set, invalid_list_import,
      invalid_list_issuer to yikatong_app;
    grant insert, update, delete on invalid_list_entry, invalid_list_import to yikatong_app;
    grant insert on invalid_list_version, invalid_list_set to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on invalid_list_entry, invalid_list_version, invalid_list_set, invalid_list_import,
      invalid_list_issuer to yikatong_operator;
  end if;
end
$$;
