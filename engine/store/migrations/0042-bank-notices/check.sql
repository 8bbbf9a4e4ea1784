-- Each query returns what is wrong; no row is right.

-- The notices of a card are numbered from 1 without a gap.
select shard, card_id, sequence as notice_after_a_gap from (
  select shard, card_id, sequence,
    row_number() over (partition by shard, card_id order by sequence) as place
  from bank_notice
) as n where sequence <> place;
