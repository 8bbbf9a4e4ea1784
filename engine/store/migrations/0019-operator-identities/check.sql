-- Each query returns what is wrong; no row is right.

-- Every login but the tables' owner writes under its own name only.
select c.relname
from pg_class c
where c.relnamespace = current_schema()::regnamespace
  and c.relname in ('closing_proposal', 'closing_approval')
  and (not c.relrowsecurity or not exists (
    select from pg_policy p where p.polrelid = c.oid and p.polcmd = 'a' and p.polname = 'own_login'));
