-- Each query returns what is wrong; no row is right.

-- Whoever holds an accumulator is a settlement of the person, whose refund waits.
select a.shard, a.person_no, a.held_by as not_being_refunded
from accumulator a
where a.held_by is not null and not exists (select from settlement s
  where s.shard = a.shard and s.id = a.held_by and s.person_no = a.person_no and s.state = 'refunding');
