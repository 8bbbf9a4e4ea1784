-- What changed between two versions of a list of ten million cards is found without reading the list.
create index invalid_list_entry_began on invalid_list_entry (list_no, from_version);
create index invalid_list_entry_ended on invalid_list_entry (list_no, until_version)
  where until_version is not null;

-- Compact lists for terminals (engine/base/offline-list/): a filter of all lists in force at once, and for each
-- the changes since, as signed files.
create table offline_list (
  -- The set of invalid lists that it was built of.
  set_no integer primary key references invalid_list_set (set_no),
  entries integer not null check (entries >= 0),
  -- SM4 key of the hashes, hex: terminals get it beside the file.
  hash_key text not null check (hash_key ~ '^[0-9A-F]{32}$'),
  made_at bigint not null,
  file_hash text not null,
  file bytea not null
);
create table offline_list_delta (
  base_set_no integer not null references offline_list (set_no),
  set_no integer not null references invalid_list_set (set_no),
  changes integer not null,
  made_at bigint not null,
  file_hash text not null,
  file bytea not null,
  primary key (base_set_no, set_no)
);
-- Parts of a file are read without the whole.
alter table offline_list alter column file set storage external;
alter table offline_list_delta alter column file set storage external;

-- Cards that the own list of a city may name.
create index card_not_active on card (card_id) where status <> 'active';
create index card_by_expiry on card (expires_on) where expires_on is not null;

do $$
declare
  role text;
begin
  foreach role in array array['yikatong_app', 'yikatong_operator'] loop
    continue when not exists (select from pg_roles where rolname = role);
    execute format('grant select, insert on offline_list, offline_list_delta to %I', role);
    execute format('grant insert, update, delete on invalid_list, invalid_list_entry,
      invalid_list_import to %I', role);
    execute format('grant insert on invalid_list_version, invalid_list_set to %I', role);
  end loop;
  -- Whom to believe is an operator's decision.
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant insert on invalid_list_issuer to yikatong_operator;
    grant update (revoked_at) on invalid_list_issuer to yikatong_operator;
  end if;
end
$$;
