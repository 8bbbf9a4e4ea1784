import type { OwnedShard, ShardView } from '../../ports/shard-owners.ts';

export type ShardChange = {
  /** Shards that this engine has too many. */
  readonly giveUp: readonly number[];
  /** How many it should have more. */
  readonly take: number;
};

/**
 * What an engine does for a fair division: of engines whose lease lasts, in the order of their ids, each
 * has as many shards as another, the first ones one more where it does not come out even. Whoever has too
 * many gives the last ones up; whoever has too few takes what is free. The content keep what they have.
 */
export function divideShards({ engines, shards }: ShardView, me: string): ShardChange {
  const own = shards.filter(({ engine }) => engine === me).map(({ shard }) => shard);
  const place = engines.findIndex(({ engine }) => engine === me);
  // An engine that does not see itself has written a lease of a clock that was wrong: it waits.
  if (place < 0) return { giveUp: [], take: 0 };
  const fair = Math.floor(shards.length / engines.length);
  const due = fair + (place < shards.length % engines.length ? 1 : 0);
  return { giveUp: own.slice(due), take: Math.max(0, due - own.length) };
}

/** Where people of a shard are served; `nobody`: its owner is gone, or about to change. */
export type ShardPlace =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly address: string }
  | { readonly kind: 'nobody' };

/** Of a shard that is not this engine's. */
export function placeOfOther(
  engines: ShardView['engines'],
  shard: OwnedShard | undefined,
  me: string,
): ShardPlace {
  const owner = engines.find(({ engine }) => engine === shard?.engine);
  if (owner === undefined || owner.engine === me) return { kind: 'nobody' };
  return { kind: 'elsewhere', address: owner.address };
}
