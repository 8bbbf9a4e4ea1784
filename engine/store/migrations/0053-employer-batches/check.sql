-- Each query returns what is wrong; no row is right.

-- An application of a batch is that of a row of it.
select a.shard, a.application_no from card_application a
where a.batch_no is not null and not exists (select from employer_batch_row r
  where (r.shard, r.batch_no, r.application_no) = (a.shard, a.batch_no, a.application_no))
  and exists (select from employer_batch b where b.batch_no = a.batch_no);
