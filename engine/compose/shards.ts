/** The part of the composition root for engines that divide the shards of one database among them. */
import type { CardId } from '../base/ids/ids.ts';
import type { FlowLog } from '../flows/deps.ts';
import { holdShards, LOOKS_IN_A_LEASE } from '../flows/shards/hold-shards.ts';
import { onlyOwnShards, servedElsewhere, takeLeftWords } from '../flows/shards/serve-own-shards.ts';
import type { Operations } from '../http/operations.ts';
import { repeatEvery } from '../jobs/repeat-every.ts';
import type { Config } from '../ops/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { ShardFence } from '../store/batch/shard-fence.ts';
import { openShardOwners } from '../store/upkeep/shard-owners.ts';

type Sales = Pick<Operations, 'settle' | 'refund'>;

export type Shards = {
  /** Undefined: engines do not divide shards, and nobody asks. */
  readonly fence: ShardFence | undefined;
  /** The store, for this engine's shards alone. */
  own(store: Store): Store;
  /** Sends those away whom another engine serves. */
  route<Some extends Sales>(operations: Some, store: Store): Some;
  /** Takes part from now on. @param url where the engine listens */
  begin(url: string): Promise<void>;
  /** Gives everything up; after the last request was answered. */
  close(): Promise<void>;
};

const undivided: Shards = {
  fence: undefined,
  own: (store) => store,
  route: (operations) => operations,
  begin: async () => undefined,
  close: async () => undefined,
};

export type ShardParts = {
  readonly config: Pick<Config, 'shards' | 'address' | 'shardLeaseMs'>;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: FlowLog;
};

/** By the setting YIKATONG_SHARDS: this engine's part of the shards, or nothing of the kind. */
export function openShards({ config, databaseUrl, clock, log }: ShardParts): Shards {
  if (config.shards === 'any') return undivided;
  const owners = openShardOwners(databaseUrl);
  const engine = Buffer.from(clock.randomBytes(8)).toString('hex');
  const { shardLeaseMs: leaseMs } = config;
  let address = '';
  const held = holdShards({ owners, clock, engine, leaseMs, address: () => address });
  let ownStore: Store | undefined;
  let stopLooking: (() => Promise<void>) | undefined;
  const look = async (): Promise<void> => {
    await held.look();
    if (ownStore !== undefined) await takeLeftWords({ held, owners }, ownStore, log);
  };
  return {
    fence: {
      epochOf: held.epochOf,
      onRefused() {
        log.warn('shard-lost', { engine });
        held.distrust();
      },
    },
    own(store) {
      ownStore = onlyOwnShards(store, { held, owners });
      return ownStore;
    },
    route: (operations, store) => ({
      ...operations,
      settle: async (caller, body, fingerprint) => {
        const asked = { requestKey: body.requestKey, cardId: body.card.cardId as CardId, store };
        const elsewhere = await servedElsewhere(held, asked);
        return elsewhere ?? operations.settle(caller, body, fingerprint);
      },
      refund: async (caller, settlementId, body, fingerprint) => {
        const asked = { requestKey: body.requestKey, settlementId };
        const elsewhere = await servedElsewhere(held, asked);
        return elsewhere ?? operations.refund(caller, settlementId, body, fingerprint);
      },
    }),
    async begin(url) {
      address = config.address ?? url;
      await look().catch(() => log.warn('shards-not-looked-at', { engine }));
      const everyMs = leaseMs / LOOKS_IN_A_LEASE;
      stopLooking = repeatEvery(everyMs, look, () => log.warn('shards-not-looked-at', { engine }));
    },
    async close() {
      await stopLooking?.();
      if (stopLooking !== undefined) await held.leave().catch(() => undefined);
      await owners.close();
    },
  };
}
