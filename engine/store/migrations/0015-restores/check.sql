-- An engine must be able to tell which database it is on.
select 'no identity' as problem where coalesce(yikatong_database_identity(), '') !~ '^\d+/\d+/\d+$';
