-- Names and card numbers are sealed under keys of the keystore, which no SQL has: engines and `yikatong migrate` seal
-- what stands, in small steps beside the running business. Until a row's turn comes its clear column holds.

alter table person
  add column sealed_name text,
  -- psn_cert_type and certno: there from here on, and optional.
  add column id_type text,
  add column sealed_id_number text,
  add column id_number_hash text,
  alter column name drop not null,
  add check (num_nonnulls(id_type, sealed_id_number, id_number_hash) in (0, 3)),
  add constraint person_name_once check (num_nonnulls(name, sealed_name) = 1);
create index person_by_id_number on person (id_number_hash) where id_number_hash is not null;
-- Finds what is left to be sealed; empty ever after.
create index person_to_seal on person (shard, person_no) where sealed_name is null;

alter table card
  add column sealed_card_number text,
  add column card_number_hash text,
  alter column card_number drop not null,
  add constraint card_number_once check (num_nonnulls(card_number, sealed_card_number) = 1
    and num_nonnulls(sealed_card_number, card_number_hash) in (0, 2));
create index card_to_seal on card (shard, card_id) where sealed_card_number is null;

-- Which keys the rows were written under: a value that a key gives and that does not give the key. Never changed.
create table personal_data_key (
  -- "seal-1", "seal-2" …, "hash"
  key text primary key check (key ~ '^(seal-[1-9][0-9]*|hash)$'),
  check_value text not null,
  -- The key itself, sealed by the keystore; null: the keystore derives it.
  sealed_key text,
  noted_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
);

-- Once nothing is left to be sealed, no clear name and no clear number gets in again. Their columns go with the next
-- version: engines that run have statements with them. @returns false: something is left
create function yikatong_end_clear_columns() returns boolean
language plpgsql security definer set search_path from current as $$
begin
  if exists (select from person where sealed_name is null)
    or exists (select from card where sealed_card_number is null) then
    return false;
  end if;
  if not exists (select from pg_constraint where conname = 'person_name_sealed'
    and conrelid = 'person'::regclass) then
    alter table person add constraint person_name_sealed check (name is null) not valid;
    alter table card add constraint card_number_sealed check (card_number is null) not valid;
  end if;
  return true;
end
$$;
do $$
begin
  execute format('alter function yikatong_end_clear_columns() set search_path = %I, pg_temp',
    current_schema());
end
$$;
revoke execute on function yikatong_end_clear_columns() from public;
-- A database without people has nothing to seal.
select yikatong_end_clear_columns();

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    grant select, insert on personal_data_key to yikatong_app;
    grant update (name, sealed_name, sealed_id_number) on person to yikatong_app;
    grant update (card_number, sealed_card_number, card_number_hash) on card to yikatong_app;
    grant execute on function yikatong_end_clear_columns() to yikatong_app;
  end if;
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    grant select on personal_data_key to yikatong_operator;
  end if;
end
$$;
