export type SharedClock = {
  /** ms since the epoch. */
  now(): number;
  /** Compares it with its source. Rejects as `readTime` does, and then goes on as before. */
  sync(): Promise<void>;
};

export type SharedClockOptions = {
  /** The clock that all engines go by, ms since the epoch. */
  readonly readTime: () => Promise<number>;
  /** ms since some moment; never set back, never set at all. */
  readonly elapsed?: () => number;
};

/** An answer that took longer than this says too little about the time, ms. */
const ROUND_TRIP_MAX_MS = 500;

/**
 * A clock that several machines share: it asks their source what time it is, and counts on from there by
 * itself. The clock of this machine has no say, so that nothing happens when it is wrong or is set.
 */
export function createSharedClock(options: SharedClockOptions): SharedClock {
  const { readTime, elapsed = () => performance.now() } = options;
  let offset: number | undefined;
  return {
    now: () => Math.floor((offset ?? Date.now() - elapsed()) + elapsed()),
    async sync() {
      const before = elapsed();
      const time = await readTime();
      const after = elapsed();
      if (offset !== undefined && after - before > ROUND_TRIP_MAX_MS) return;
      offset = time - (before + after) / 2;
    },
  };
}
