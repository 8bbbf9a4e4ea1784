/** Keys that are held in this process: opened once, then found again until they are let go. */
export type HeldKeys<T> = {
  of(name: string): T;
  drop(name: string): void;
  /** Lets all of them go. */
  clear(): void;
};

/**
 * Holds opened keys by name; at the limit the oldest is let go. What is held is a KeyObject or a cipher,
 * whose memory OpenSSL wipes when it is freed; bytes are wiped by whoever opens.
 */
export function holdKeys<T>(max: number, open: (name: string) => T): HeldKeys<T> {
  const held = new Map<string, T>();
  return {
    of(name) {
      const known = held.get(name);
      if (known !== undefined) return known;
      const key = open(name);
      const [oldest] = held.size >= max ? held.keys() : [];
      if (oldest !== undefined) held.delete(oldest);
      held.set(name, key);
      return key;
    },
    drop: (name) => held.delete(name),
    clear: () => held.clear(),
  };
}

/** As `holdKeys`, for what a module is asked for: those who ask at the same time wait for one answer. */
export function holdAskedKeys<T>(
  max: number,
  ask: (name: string) => Promise<T>,
): HeldKeys<Promise<T>> {
  const held = holdKeys(max, (name) => {
    const asked = ask(name);
    // A failure is not held: the next sale asks again.
    asked.catch(() => held.drop(name));
    return asked;
  });
  return held;
}
