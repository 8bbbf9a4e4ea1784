/** Engines that divide the shards of one database, without their HTTP: what they hold, and their stores. */

import { setTimeout } from 'node:timers/promises';
import type { HeldShards } from '../../engine/flows/shards/hold-shards.ts';
import { holdShards } from '../../engine/flows/shards/hold-shards.ts';
import { onlyOwnShards } from '../../engine/flows/shards/serve-own-shards.ts';
import type { ShardOwners } from '../../engine/ports/shard-owners.ts';
import type { Store } from '../../engine/ports/store.ts';
import type { StoreOptions } from '../../engine/store/create-store.ts';
import { openShardOwners } from '../../engine/store/upkeep/shard-owners.ts';

export type ShardEngine = {
  /** 16 hex digits. */
  readonly id: string;
  readonly held: HeldShards;
  readonly owners: ShardOwners;
  /** Carries out commands for its own shards. */
  readonly store: Store;
  close(): Promise<void>;
};

export const LEASE_MS = 5_000;

/** An engine that has not looked yet. `name`: a hex digit. */
export function openShardEngine(options: {
  readonly url: string;
  readonly name: string;
  /** Without it, one of its own. */
  readonly address?: string;
  readonly now: () => number;
  readonly openStore: (fence: Pick<StoreOptions, 'fence'>) => Store;
}): ShardEngine {
  const id = options.name.repeat(16);
  const owners = openShardOwners(options.url);
  const held = holdShards({
    owners,
    clock: { now: options.now, sleep: (ms) => setTimeout(ms) },
    engine: id,
    address: () => options.address ?? `http://engine-${options.name}:8443`,
    leaseMs: LEASE_MS,
  });
  const fence = { epochOf: held.epochOf, onRefused: held.distrust };
  const store = onlyOwnShards(options.openStore({ fence }), { held, owners });
  return { id, held, owners, store, close: owners.close };
}
