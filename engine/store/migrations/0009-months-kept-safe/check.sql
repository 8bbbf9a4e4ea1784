-- Each query returns what is wrong; no row is right.

-- Whatever works with its owner's rights looks for temporary tables last.
select p.proname as looks_for_temporary_tables_first
from pg_proc p
where p.pronamespace = current_schema()::regnamespace and p.prosecdef
  and not exists (select from unnest(p.proconfig) as setting where setting ~ '^search_path=.*, pg_temp$');
