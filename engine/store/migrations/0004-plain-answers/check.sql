-- Each query returns what is wrong; no row is right.

-- The table kept its target.
select relname from pg_class
where relname = 'request' and not ('toast_tuple_target=8160' = any (coalesce(reloptions, '{}')));
