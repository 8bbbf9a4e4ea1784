-- Signed requests that change something and have no request key (a sign-in) are taken once by all engines together:
-- the terminal's row remembers those that could still be repeated, as "created nonce". Older entries are dropped with
-- the next one, so the list stays as short as a terminal's sign-ins of three minutes.
alter table terminal add column once_requests text[] not null default '{}';
