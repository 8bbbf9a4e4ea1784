/** Whether a card is in a reader: one flag that can be awaited with a time limit. */

export type Slot = {
  isPresent(): boolean;
  set(present: boolean): void;
  /** True once the flag is `wanted`, false after `timeoutMs` or `close`. */
  waitFor(wanted: boolean, timeoutMs: number): Promise<boolean>;
  close(): void;
};

type Waiter = { readonly wanted: boolean; readonly settle: (isMet: boolean) => void };

/** A new slot, empty unless told otherwise. */
export function createSlot(isPresentAtFirst = false): Slot {
  let isPresent = isPresentAtFirst;
  const waiters = new Set<Waiter>();

  return {
    isPresent: () => isPresent,
    set: (present) => {
      isPresent = present;
      for (const waiter of [...waiters]) if (waiter.wanted === present) waiter.settle(true);
    },
    waitFor: (wanted, timeoutMs) => {
      if (isPresent === wanted) return Promise.resolve(true);
      return new Promise((resolve) => {
        const waiter: Waiter = {
          wanted,
          settle: (isMet) => {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(isMet);
          },
        };
        const timer = setTimeout(() => waiter.settle(false), timeoutMs);
        waiters.add(waiter);
      });
    },
    close: () => {
      for (const waiter of [...waiters]) waiter.settle(false);
    },
  };
}
