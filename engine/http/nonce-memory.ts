/**
 * Remembers which signed requests were seen, for as long as their time window lets them be sent
 * again.
 */
export type NonceMemory = {
  /** `full`: the memory is at its limit; the request must be refused, not forgotten. */
  remember(entry: {
    readonly terminalId: string;
    readonly nonce: string;
    readonly now: number;
  }): 'new' | 'seen' | 'full';
};

/**
 * `keepMs`: how long an entry is kept (the whole width of the window). `entriesMax` bounds memory
 * at about 100 bytes each. Entries expire in the order in which they came, so the oldest are always
 * first.
 */
export function createNonceMemory(limits: {
  readonly keepMs: number;
  readonly entriesMax: number;
}): NonceMemory {
  const expiries = new Map<string, number>();
  return {
    remember({ terminalId, nonce, now }) {
      for (const [key, expiry] of expiries) {
        if (expiry >= now) break;
        expiries.delete(key);
      }
      const key = `${terminalId} ${nonce}`;
      if (expiries.has(key)) return 'seen';
      if (expiries.size >= limits.entriesMax) return 'full';
      expiries.set(key, now + limits.keepMs);
      return 'new';
    },
  };
}
