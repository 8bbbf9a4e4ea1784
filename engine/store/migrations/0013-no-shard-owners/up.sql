-- Engines no longer divide the shards among them (ADR 0015, rejected): what 0012 made for that goes. An engine
-- of the version before that runs with YIKATONG_SHARDS=any never looks at these tables; with `own` it must be
-- stopped before. A word of a bank that is still in bank_word may go too: the deadline of its bank leg ends the leg.
drop table bank_word;
drop table shard_owner;
drop table engine_lease;
