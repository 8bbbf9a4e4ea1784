export type SharedClock = {
  /** ms since the epoch. */
  now(): number;
  /** Adjusts the clock to its source. Rejects as `readTime` does, and then changes nothing. */
  sync(): Promise<void>;
};

export type SharedClockOptions = {
  /** Reads the clock that all engines use, ms since the epoch. */
  readonly readTime: () => Promise<number>;
  /** Monotonic clock, ms. */
  readonly elapsed?: () => number;
};

/** A slower answer is ignored, because it tells the time too inexactly, ms. */
const ROUND_TRIP_MAX_MS = 500;

/**
 * A clock shared by several machines. It reads the time of a common source and counts on with the monotonic
 * clock; a wrong or changed system clock has no effect.
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
