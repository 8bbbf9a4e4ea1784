import type { Command } from '../domain/commands.ts';

/** Where it is written which engine owns which shard. All moments are ms of the shared clock. */
export type ShardOwners = {
  /** Ends leases of others at the address: two engines cannot listen there, so they are no more. */
  succeed(engine: string, address: string): Promise<void>;
  /** Says that this engine is there until `leaseUntil`, and reads who else is. */
  renew(engine: EngineLease, at: number): Promise<ShardView>;
  /**
   * Takes at most `count` shards that nobody owns whose lease lasts. Their epochs rise, so that no batch of
   * their last owner is committed any more.
   */
  take(engine: string, count: number, at: number): Promise<void>;
  /** Waits for batches under way; then the shards are free, and their epochs have risen. */
  giveUp(engine: string, shards: readonly number[]): Promise<void>;
  /** Gives up everything: the engine stops. */
  leave(engine: string): Promise<void>;
  /** Keeps a command for whoever owns the person's shard. */
  leaveWord(command: BankWord): Promise<void>;
  /** The oldest words for the shards, at most `limit`. */
  readWords(shards: readonly number[], limit: number): Promise<readonly LeftWord[]>;
  /** It was carried out. */
  removeWord(word: LeftWord): Promise<void>;
};

/** What somebody who worked on a bank leg has to say about it; given twice, the second changes nothing. */
export type BankWord = Exclude<
  Command,
  {
    readonly type:
      | 'settle-bill'
      | 'refund-settlement'
      | 'claim-bank-leg'
      | 'propose-resolution'
      | 'approve-resolution';
  }
>;

export type LeftWord = { readonly id: string; readonly command: BankWord };

export type EngineLease = {
  /** 16 hex digits, new with every start: a process that slept is never taken for its successor. */
  readonly engine: string;
  /** Where terminals reach it: "https://engine-2.example:8443". */
  readonly address: string;
  readonly leaseUntil: number;
};

export type ShardView = {
  /** Whose lease lasts, in the order of their ids. */
  readonly engines: readonly Pick<EngineLease, 'engine' | 'address'>[];
  readonly shards: readonly OwnedShard[];
};

export type OwnedShard = {
  readonly shard: number;
  /** Undefined: nobody. Its lease may be over. */
  readonly engine: string | undefined;
  /** The fence: rises whenever the shard gets or loses an owner, and never falls. */
  readonly epoch: number;
};

/** A lease that ends later than this (ms from now) was written by a clock that was wrong, and is over. */
export const LONGEST_LEASE_MS = 60_000;
