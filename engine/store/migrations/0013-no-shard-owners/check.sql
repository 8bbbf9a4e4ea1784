-- Each query returns what is wrong; no row is right.

-- The tables of the division are gone, and no function of the database names them.
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relname in ('bank_word', 'shard_owner', 'engine_lease');
select p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.prosrc ~ 'bank_word|shard_owner|engine_lease';
