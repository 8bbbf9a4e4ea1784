-- Each query returns what is wrong; no row is right.

-- A message is of a settlement or of a card.
select shard, id as message_of_nothing from outbox where (settlement_id is null) = (card_id is null);

-- The messages of a card are numbered from 1 without a gap, in the order in which they were stored.
select shard, card_id, id as message_out_of_order from (
  select shard, card_id, id, card_sequence,
    row_number() over (partition by shard, card_id order by id) as place
  from outbox where card_id is not null
) as m where card_sequence <> place;
