-- Each query returns what is wrong; no row is right.

-- An entry that begins with a version that its list never had.
select e.card_id from invalid_list_entry e
where not exists (select from invalid_list_version v where (v.list_no, v.version) = (e.list_no, e.from_version))
  and not exists (select from invalid_list_import i where i.list_no = e.list_no)
limit 1;
