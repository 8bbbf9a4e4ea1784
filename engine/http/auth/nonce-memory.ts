/** Remembers signed requests for as long as their age allows them to be sent again. */
export type NonceMemory = {
  /**
   * `created`: the request's own time, seconds; signed, like the nonce. `now`: ms.
   * @returns `full`: the memory is at its limit and the request must be refused
   */
  remember(entry: {
    readonly terminalId: string;
    readonly nonce: string;
    readonly created: number;
    readonly now: number;
  }): 'new' | 'seen' | 'full';
};

/**
 * `keepMs`: age at which a request is forgotten. `entriesMax`: limit of entries, about 100 bytes each.
 * Requests of one second are forgotten together: deleting single entries from the front of a Map walks over
 * all deleted ones, up to 200 µs a request.
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
