-- All rights of the engine's two roles, for roles that were made after the tables, too. Only ever adds; running it
-- again changes nothing. The tables' owner runs it.

-- Roles belong to the whole server: another database may have made them, or its administrator must.
do $$
declare
  role text;
begin
  foreach role in array array['yikatong_app', 'yikatong_operator'] loop
    begin
      execute format('create role %I nologin', role);
    exception
      when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
  end loop;
end
$$;

do $$
begin
  if exists (select from pg_roles where rolname = 'yikatong_app') then
    execute format('grant usage on schema %I to yikatong_app', current_schema());
    execute format('grant select on all tables in schema %I to yikatong_app', current_schema());
    grant insert on settlement, request, answer_block, bank_leg, refund, posting, outbox, accumulator,
      shared_account, correction, claim to yikatong_app;
    grant update on settlement, request, bank_leg, refund, accumulator, shared_account, terminal, claim
      to yikatong_app;
    grant update (account_status, account_balance, account_held, version) on person to yikatong_app;
    grant update (status, medical, financial, status_since, oral_loss_until, steps, replaced_by, pin_verifier,
      pin_wrong_tries, last_challenge, last_atc) on card to yikatong_app;
    grant insert on card, card_owner, card_application, card_step to yikatong_app;
    grant update on card_application to yikatong_app;
    grant update (sent_at, card_sequence, batch_no) on outbox to yikatong_app;
    grant insert, update on card_delivery, card_batch to yikatong_app;
    grant insert on bank_work_item, bank_notice, bank_review_file to yikatong_app;
    grant update (done_at, refused) on bank_review_file to yikatong_app;
    grant insert, update, delete on invalid_list, invalid_list_entry, invalid_list_import to yikatong_app;
    grant insert on invalid_list_version, invalid_list_set, offline_list, offline_list_delta to yikatong_app;
    grant insert on restore, personal_data_key to yikatong_app;
    -- Seals what an earlier version stored in the clear, and ends that.
    grant update (name, sealed_name, sealed_id_number) on person to yikatong_app;
    grant update (card_number, sealed_card_number, card_number_hash) on card to yikatong_app;
    grant execute on function yikatong_end_clear_columns() to yikatong_app;
    grant usage, update on sequence bank_trace to yikatong_app;
    grant execute on function yikatong_add_months(bigint, integer) to yikatong_app;
    -- Accounts of operators, and what they do.
    grant insert on operator, operator_credential, operator_session, proposal, proposal_end, audit_row
      to yikatong_app;
    grant update on operator, operator_credential, operator_session to yikatong_app;
    grant execute on function yikatong_person_reference(text) to yikatong_app;
    revoke all on audit_key from yikatong_app;
  end if;
  -- An operator ends what the engine could not: the same rows, steps of cards, and resolutions beside them.
  if exists (select from pg_roles where rolname = 'yikatong_operator') then
    execute format('grant usage on schema %I to yikatong_operator', current_schema());
    execute format('grant select on all tables in schema %I to yikatong_operator', current_schema());
    grant insert on answer_block, posting, outbox, accumulator, shared_account, closing_proposal,
      closing_approval, claim to yikatong_operator;
    grant update on settlement, request, bank_leg, refund, accumulator, shared_account, claim
      to yikatong_operator;
    grant update (account_status, account_balance, account_held, version) on person
      to yikatong_operator;
    grant update (status, medical, financial, status_since, oral_loss_until, steps, replaced_by, pin_verifier,
      pin_wrong_tries, last_challenge, last_atc) on card to yikatong_operator;
    grant insert on card, card_owner, card_application, card_step to yikatong_operator;
    grant update on card_application to yikatong_operator;
    -- Insurance relations come with the insurers' files.
    grant insert on insurance_file, insurance_change to yikatong_operator;
    grant update (started_at, done_at, rejected) on insurance_file to yikatong_operator;
    grant update (insured_spans, region, scheme, person_type) on person to yikatong_operator;
    -- Files of credits are put forward, released and posted by operators.
    grant insert on credit_file, credit_release, credit_order, account_credit to yikatong_operator;
    grant update (withdrawn_by, withdrawn_at, done_at, refused) on credit_file to yikatong_operator;
    grant update (refusal, tried_at, is_withdrawn) on credit_order to yikatong_operator;
    -- A message is sent to its bank again, and a work item is closed, by operators, too.
    grant update (sent_at) on outbox to yikatong_operator;
    grant update (next_at, attempts) on card_delivery, card_batch to yikatong_operator;
    grant update (closed_at, closed_by, note) on bank_work_item to yikatong_operator;
    grant insert, update, delete on invalid_list, invalid_list_entry, invalid_list_import to yikatong_operator;
    grant insert on invalid_list_version, invalid_list_set, invalid_list_issuer, offline_list,
      offline_list_delta to yikatong_operator;
    grant update (revoked_at) on invalid_list_issuer to yikatong_operator;
    -- Employers' applications for cards are taken by operators.
    grant insert on employer_agreement, bank_binding, employer_batch, employer_batch_row to yikatong_operator;
    grant update (name, region, agreement_no, from_day, until_day, bank, recorded_by, recorded_at)
      on employer_agreement to yikatong_operator;
    grant update (bank) on bank_binding to yikatong_operator;
    grant update (done_at, refused) on employer_batch to yikatong_operator;
    grant update (refusal, detail) on employer_batch_row to yikatong_operator;
    -- Packs are replaced and withdrawn by operators, too.
    grant insert on policy_pack, policy_change, policy_approval to yikatong_operator;
    grant update on reference_revision to yikatong_operator;
    grant insert on proposal, proposal_end, audit_row to yikatong_operator;
    grant execute on function yikatong_person_reference(text) to yikatong_operator;
    -- Passwords, second factors and sessions are the engine's to check, and references to persons have one key.
    revoke all on operator_credential, operator_session, audit_key from yikatong_operator;
  end if;
end
$$;
