-- What the engine needs in production, and nothing more: give its login the role yikatong_app.
-- Entries are append-only because nobody who serves requests may update or delete them. Roles belong to
-- the whole server, so another database may have made this one; a migration user who may not make
-- roles leaves that to the server's administrator, who then runs this file's grants.
do $$
begin
  create role yikatong_app nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then raise notice 'the role yikatong_app must be made by an administrator';
end
$$;

do $$
begin
  if not exists (select from pg_roles where rolname = 'yikatong_app') then
    return;
  end if;
  execute format('grant usage on schema %I to yikatong_app', current_schema());
  grant select on all tables in schema public to yikatong_app;
  grant insert on entry, settlement, request, bank_leg, refund, outbox, accumulator, shared_account
    to yikatong_app;
  grant update (account_status, account_balance, account_held, version) on person to yikatong_app;
  grant update (status, oral_loss_until, pin_wrong_tries, last_challenge, last_atc) on card
    to yikatong_app;
  grant update on accumulator, shared_account, settlement, request, bank_leg, refund to yikatong_app;
  grant update (sent_at) on outbox to yikatong_app;
  grant update on terminal to yikatong_app;
  grant insert, update, delete on invalid_list, invalid_list_entry to yikatong_app;
  grant usage on sequence bank_trace to yikatong_app;
end
$$;
