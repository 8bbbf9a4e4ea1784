-- Each query returns what is wrong; no row is right.

-- A terminal that remembers the same request twice, or something else than "created nonce".
select id from terminal
where cardinality(once_requests) <> (select count(distinct entry) from unnest(once_requests) entry)
  or exists (select from unnest(once_requests) entry where entry !~ '^[0-9]{10} [A-Za-z0-9_-]{16,64}$');
