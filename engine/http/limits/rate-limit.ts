/** How many requests a key may make in a minute. */
export type RateLimit = {
  /** @returns ms until the next is taken; undefined: this one is */
  take(key: string): number | undefined;
};

const MINUTE_MS = 60_000;
/** Keys that are kept; those that begin first are forgotten first. */
const KEYS_MAX = 100_000;

/** Counts by minutes from a key's first request: a burst at their border is at most twice the number. */
export function createRateLimit(perMinuteMax: number, now: () => number): RateLimit {
  const windows = new Map<string, { readonly startedAt: number; count: number }>();
  return {
    take(key) {
      const at = now();
      let window = windows.get(key);
      if (window === undefined || at - window.startedAt >= MINUTE_MS || at < window.startedAt) {
        windows.delete(key);
        window = { startedAt: at, count: 0 };
        windows.set(key, window);
        const [oldest] = windows.keys();
        if (windows.size > KEYS_MAX && oldest !== undefined) windows.delete(oldest);
      }
      if (window.count >= perMinuteMax) return window.startedAt + MINUTE_MS - at;
      window.count += 1;
      return undefined;
    },
  };
}
