-- A card's message names the bank that is told.
drop index outbox_card_waiting;
create index outbox_card_waiting on outbox (shard, card_id, id) where card_id is not null and sent_at is null;
