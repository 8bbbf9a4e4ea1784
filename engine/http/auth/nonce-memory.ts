/**
 * Remembers which signed requests were seen, for as long as their time window lets them be sent
 * again.
 */
export type NonceMemory = {
  /**
   * `created`: when the request says it was made, seconds; it is signed as the nonce is. `now`: ms.
   * `full`: the memory is at its limit; the request must be refused, not forgotten.
   */
  remember(entry: {
    readonly terminalId: string;
    readonly nonce: string;
    readonly created: number;
    readonly now: number;
  }): 'new' | 'seen' | 'full';
};

/**
 * `keepMs`: how old a request may become before it is forgotten. `entriesMax` bounds memory at about
 * 100 bytes each. Requests of one second are kept and forgotten together: taking single entries from
 * the front of a Map costs a walk over all that were taken before, up to 200 µs a request.
 */
export function createNonceMemory(limits: {
  readonly keepMs: number;
  readonly entriesMax: number;
}): NonceMemory {
  const bySecond = new Map<number, Set<string>>();
  let entries = 0;
  let sweptAt = 0;

  function forgetOld(now: number): void {
    if (now - sweptAt < 1_000) return;
    sweptAt = now;
    for (const [second, nonces] of bySecond) {
      if (second * 1_000 + limits.keepMs >= now) continue;
      bySecond.delete(second);
      entries -= nonces.size;
    }
  }

  return {
    remember({ terminalId, nonce, created, now }) {
      forgetOld(now);
      const key = `${terminalId} ${nonce}`;
      const nonces = bySecond.get(created) ?? new Set<string>();
      if (nonces.has(key)) return 'seen';
      if (entries >= limits.entriesMax) return 'full';
      bySecond.set(created, nonces.add(key));
      entries += 1;
      return 'new';
    },
  };
}
