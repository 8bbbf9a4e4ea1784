-- Each query returns what is wrong; no row is right.

-- A claim is what its corrections say, less what refunds of the settlement took from it.
select c.shard, c.settlement_id as claim_that_differs, c.owed
from claim c
where c.owed <>
  (select coalesce(sum(o.patient_pay - o.patient_pay_before), 0) from correction o
    where (o.shard, o.person_no, o.settlement_id) = (c.shard, c.person_no, c.settlement_id))
  - (select coalesce(sum(r.claim_pay), 0) from refund r
    where (r.shard, r.settlement_id) = (c.shard, c.settlement_id) and r.state = 'done');

-- Nobody who serves requests changes or deletes a correction.
select r.rolname, p.privilege
from pg_roles r, unnest(array['update', 'delete', 'truncate']) as p (privilege)
where r.rolname in ('yikatong_app', 'yikatong_operator')
  and has_table_privilege(r.oid, 'correction', p.privilege);
