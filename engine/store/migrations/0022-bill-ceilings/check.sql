-- Each query returns what is wrong; no row is right.

-- A confirmation has a name and a reason, or is none.
select id from settlement where (confirmed_by is null) <> (confirm_reason is null);
