-- Each query returns what is wrong; no row is right.

select shard, id as message_for_no_bank from outbox where card_id is not null and payload->>'bank' is null;
