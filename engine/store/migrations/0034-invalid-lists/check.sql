-- Each query returns what is wrong; no row is right.

-- A list whose entries in force are not as many as it says.
select level, region from invalid_list l
where entries <> (select count(*) from invalid_list_entry e where e.list_no = l.list_no
  and e.from_version <= l.version and (e.until_version is null or e.until_version > l.version));

-- A list without a record of its version, or in no set.
select level, region from invalid_list l
where not exists (select from invalid_list_version v where (v.list_no, v.version) = (l.list_no, l.version))
  or not exists (select from invalid_list_set s where s.versions -> (level || ' ' || region) = to_jsonb(l.version));
