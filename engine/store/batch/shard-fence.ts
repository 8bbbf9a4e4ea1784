import type { PersonKey } from '../../base/ids/ids.ts';
import type { Columns } from '../tables/column.ts';
import { integer, smallint } from '../tables/column.ts';

/** Of an engine that owns shards: under which epochs its batches write. */
export type ShardFence = {
  /** 0: the shard is not this engine's. */
  epochOf(shard: number): number;
  /** The database knows another owner of a shard that this engine believed to be its own. */
  onRefused(): void;
};

export type HeldShard = { readonly shard: number; readonly epoch: number };

export const heldShardColumns: Columns<HeldShard> = {
  table: 'shard_owner',
  key: [smallint('shard', ({ shard }) => shard)],
  fixed: [integer('epoch', ({ epoch }) => epoch)],
  changing: [],
};

/** The shards of a batch's people, each once; asked for before their facts are read. */
export function heldShards(people: readonly PersonKey[], fence: ShardFence): HeldShard[] {
  const shards = new Set(people.map(({ shard }) => shard));
  return [...shards].map((shard) => ({ shard, epoch: fence.epochOf(shard) }));
}

/**
 * Finds the shards whose epoch is still the one named, and keeps it there until the commit: whoever takes a
 * shard over waits for that. A row that was changed meanwhile is looked at again as it is now, whatever the
 * statement's snapshot shows (READ COMMITTED). In order, so that nobody waits in a circle.
 */
export function holdShards(part: string): string {
  return `select t.shard from shard_owner as t
    join ${part}_in as k on t.shard = k.shard and t.epoch = k.epoch
    order by t.shard for share of t`;
}
