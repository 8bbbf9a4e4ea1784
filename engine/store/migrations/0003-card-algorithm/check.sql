-- Each query returns what is wrong; no row is right.

-- Nobody keeps the cipher beside the version.
select column_name as kept_beside_spec_version
from information_schema.columns
where table_schema = current_schema() and table_name = 'card' and column_name = 'algorithm';
