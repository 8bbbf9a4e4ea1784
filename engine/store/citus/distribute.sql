-- Spreads a migrated database over the nodes of Citus, by shard. Optional: the engine needs PostgreSQL only.
--
-- NOT RUN ANYWHERE YET. No Citus was at hand when this was written: what it names is held to the migrated schema by
-- tests/integration/engine/store/citus-rules.test.ts, what Citus says to it is from its documentation, its source and
-- trials with earlier tables. Try it on a copy. engine/docs/scale-out.md tells what else stands in the way.
--
-- Once, after `yikatong migrate` and before the first row, on the coordinator, as the owner of the tables, statement
-- by statement (not in one transaction: what fails says so before the next table is touched):
--
--   psql -v ON_ERROR_STOP=1 -f engine/store/citus/distribute.sql "$DATABASE_URL"
--
-- Versions: Citus 14 wants PostgreSQL 16 to 18, Citus 13 wants 15 to 17. PostgreSQL 18 of the embedded server needs 14.
--
-- What Citus refuses, and the schema therefore does without:
--   * a primary key, a unique index or ON CONFLICT without the distribution column;
--   * changing the distribution column of a row: a person never changes the shard;
--   * triggers on distributed tables;
--   * FOR UPDATE and FOR SHARE over several shards: people are guarded by their version;
--   * foreign keys of distributed tables but to reference tables, or with shard on both sides; any foreign key from
--     a reference table or a local one to a distributed one;
--   * joins of distributed tables on anything but shard;
--   * a subquery with LIMIT or OFFSET that refers to a function, a reference table or a CTE outside it;
--   * generic plans of statements over several shards, see plan_cache_mode.
--
-- A migration that adds a table adds its line here, and whoever runs it on Citus runs that line after it.

create extension if not exists citus;

-- Reference tables: whole on every node; a change is written to all of them at once. Few changes, many reads.
-- Whatever a foreign key names comes before the table that has it.
select create_reference_table('institution');
select create_reference_table('terminal');
select create_reference_table('invalid_list');
select create_reference_table('invalid_list_entry');
select create_reference_table('policy_pack');
select create_reference_table('catalogue');
select create_reference_table('catalogue_item');
select create_reference_table('active_catalogue');
select create_reference_table('reference_revision');
-- Locked by batches of engines that divide the shards: few rows, which hardly ever change.
select create_reference_table('engine_lease');
select create_reference_table('shard_owner');
select create_reference_table('settlement_transition');

-- The people's rows. Every statement of a batch goes to every Citus shard, so there are few: 16, as many as logical
-- shards (SHARD_COUNT). The hash puts those into 11 of the 16, at most 3 into one: more than 11 nodes have no use, and
-- nodes are to be balanced by size: select citus_rebalance_start(rebalance_strategy => 'by_disk_size').
select create_distributed_table('person', 'shard', colocate_with => 'none', shard_count => 16);
select create_distributed_table('card', 'shard', colocate_with => 'person');
select create_distributed_table('accumulator', 'shard', colocate_with => 'person');
select create_distributed_table('settlement', 'shard', colocate_with => 'person');
select create_distributed_table('refund', 'shard', colocate_with => 'person');
select create_distributed_table('bank_leg', 'shard', colocate_with => 'person');
select create_distributed_table('closing_proposal', 'shard', colocate_with => 'person');
select create_distributed_table('closing_approval', 'shard', colocate_with => 'person');
select create_distributed_table('shared_account', 'shard', colocate_with => 'person');
select create_distributed_table('carried_entries', 'shard', colocate_with => 'person');
select create_distributed_table('outbox', 'shard', colocate_with => 'person');
select create_distributed_table('bank_word', 'shard', colocate_with => 'person');
-- With all their months; a month that is attached later is distributed as it is attached.
select create_distributed_table('request', 'shard', colocate_with => 'person');
select create_distributed_table('posting', 'shard', colocate_with => 'person');
select create_distributed_table('answer_block', 'shard', colocate_with => 'person');

-- The directory that finds a card's shard: whoever asks it does not know the shard yet.
select create_distributed_table('card_owner', 'card_id', colocate_with => 'none', shard_count => 16);

-- Called within statements that nodes run. The others are called on the coordinator only, where all functions are.
select create_distributed_function('yikatong_assert(boolean, text, text)');
