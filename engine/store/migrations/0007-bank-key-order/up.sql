-- Work keys of the bank in the order in which they were asked for: an engine that wakes up late must not put
-- older ones over newer ones.
alter table terminal
  -- Rises with every sign-in at the bank, before the bank is asked.
  add column bank_sign_in_no bigint not null default 0,
  -- ms; when that was. Engines do not renew keys one after the other.
  add column bank_sign_in_at bigint,
  -- The number of the sign-in that gave the keys on record; 0: of before there were numbers.
  add column bank_keys_no bigint not null default 0,
  add constraint terminal_bank_keys_were_asked_for check (bank_keys_no between 0 and bank_sign_in_no);
