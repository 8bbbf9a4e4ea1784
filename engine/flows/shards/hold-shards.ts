import type { Clock } from '../../ports/clock.ts';
import type { ShardOwners, ShardView } from '../../ports/shard-owners.ts';
import type { ShardPlace } from './divide-shards.ts';
import { divideShards, placeOfOther } from './divide-shards.ts';

/** The shards that this engine owns, as far as it knows. The database has the last word: it refuses the write. */
export type HeldShards = {
  placeOf(shard: number): ShardPlace;
  /** The same, but while nobody is known to own the shard it looks again for about one and a half looks' time. */
  findPlace(shard: number): Promise<ShardPlace>;
  /** The number under which this engine may write the shard; 0: it may not. */
  epochOf(shard: number): number;
  own(): readonly number[];
  /** Does something with a shard that is here; it is not given up meanwhile. */
  use<T>(shard: number, work: () => Promise<T>): Promise<T>;
  /** Renews the lease, then takes or gives up what a fair division asks for. Rejects as the database does. */
  look(): Promise<void>;
  /** The database refused an epoch: nothing is believed until the next look, which begins at once. */
  distrust(): void;
  /** Gives everything up once nothing is done with it any more. */
  leave(): Promise<void>;
};

export type HoldOptions = {
  readonly owners: ShardOwners;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** See `EngineLease`. */
  readonly engine: string;
  readonly address: () => string;
  /** How long others wait for an engine that says nothing, ms. */
  readonly leaseMs: number;
};

/** Looks in a lease: it is renewed so often, so a few failures in a row lose nothing. */
export const LOOKS_IN_A_LEASE = 5;
/** A shard that is given up is taken at its next owner's look: who asks meanwhile looks so often, */
const LOOKS_FOR_AN_OWNER = 30;
/** with pauses of this part of a lease. */
const PAUSES_IN_A_LEASE = 100;

/**
 * Holds this engine's part of the shards. The lease only says when others may take over; who may write is
 * said by the epoch, so an engine that slept through its lease can do no harm, whatever it believes.
 */
export function holdShards(options: HoldOptions): HeldShards {
  const { owners, clock, engine, leaseMs } = options;
  const usage = countUse();
  const nothing: ShardView = { engines: [], shards: [] };
  let view = nothing;
  /** Shard to epoch. */
  let held: ReadonlyMap<number, number> = new Map();
  /** Take nothing new; what was begun with them is finished under their epochs. */
  let leaving: ReadonlySet<number> = new Set();
  let looking: Promise<void> | undefined;
  let isNew = true;

  const renew = async (): Promise<void> => {
    const at = clock.now();
    const lease = { engine, address: options.address(), leaseUntil: at + leaseMs };
    view = await owners.renew(lease, at);
    const own = view.shards.filter((shard) => shard.engine === engine);
    held = new Map(own.map(({ shard, epoch }) => [shard, epoch]));
  };
  const lookOnce = async (): Promise<void> => {
    if (isNew) await owners.succeed(engine, options.address());
    isNew = false;
    await renew();
    const { giveUp, take } = divideShards(view, engine);
    if (giveUp.length > 0) await finishAnd(giveUp, () => owners.giveUp(engine, giveUp));
    if (take > 0) await owners.take(engine, take, clock.now());
    if (take > 0 || giveUp.length > 0) await renew();
  };
  const finishAnd = async (shards: readonly number[], goOn: () => Promise<void>) => {
    leaving = new Set(shards);
    try {
      await usage.idle(shards);
      await goOn();
      held = new Map([...held].filter(([shard]) => !leaving.has(shard)));
    } finally {
      leaving = new Set();
    }
  };
  const isHere = (shard: number) => held.has(shard) && !leaving.has(shard);
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const placeOf = (shard: number): ShardPlace => {
    if (isHere(shard)) return { kind: 'here' };
    const known = view.shards.find((row) => row.shard === shard);
    return placeOfOther(view.engines, known, engine);
  };
  const findPlace = async (shard: number): Promise<ShardPlace> => {
    for (let looks = 0; looks < LOOKS_FOR_AN_OWNER && placeOf(shard).kind === 'nobody'; looks++) {
      if (looks > 0) await clock.sleep(leaseMs / PAUSES_IN_A_LEASE);
      // While the database is away nobody is kept waiting: there is nothing to see.
      const isSeen = await look().then(
        () => true,
        () => false,
      );
      if (!isSeen) break;
    }
    return placeOf(shard);
  };
  return {
    placeOf,
    findPlace,
    epochOf: (shard) => held.get(shard) ?? 0,
    own: () => [...held.keys()].filter(isHere),
    use: usage.during,
    look,
    distrust() {
      [view, held] = [nothing, new Map()];
      look().catch(() => undefined);
    },
    async leave() {
      if (looking !== undefined) await looking.catch(() => undefined);
      await finishAnd([...held.keys()], () => owners.leave(engine));
      view = nothing;
    },
  };
}

/** Knows how much is being done with each shard, and when it is over. */
function countUse() {
  const counts = new Map<number, number>();
  let waiting: { readonly shards: readonly number[]; readonly wake: () => void }[] = [];
  const isIdle = (shards: readonly number[]) => shards.every((shard) => !counts.get(shard));
  const wakeIdle = (): void => {
    for (const { shards, wake } of waiting) if (isIdle(shards)) wake();
    waiting = waiting.filter(({ shards }) => !isIdle(shards));
  };
  return {
    async during<T>(shard: number, work: () => Promise<T>): Promise<T> {
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
      try {
        return await work();
      } finally {
        counts.set(shard, (counts.get(shard) ?? 1) - 1);
        if (waiting.length > 0) wakeIdle();
      }
    },
    idle: (shards: readonly number[]): Promise<void> =>
      new Promise((wake) => {
        waiting.push({ shards, wake });
        wakeIdle();
      }),
  };
}
