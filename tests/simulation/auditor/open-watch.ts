/**
 * How long it takes from a crash, or from the end of all trouble, until nothing is open of what was
 * open then.
 */
export type OpenWatch = {
  /** A row was seen: is it open? */
  seen(key: string, isOpen: boolean): void;
  /** Starts a clock for everything that is open now. */
  mark(name: 'crash' | 'healed'): void;
  longestMs(name: 'crash' | 'healed'): number;
  isQuiet(): boolean;
};

type Mark = { readonly name: string; readonly at: number; readonly waiting: Set<string> };

export function watchOpen(now: () => number): OpenWatch {
  const open = new Set<string>();
  const longest = new Map<string, number>();
  let marks: readonly Mark[] = [];
  const close = (key: string): void => {
    open.delete(key);
    for (const { name, at, waiting } of marks) {
      if (waiting.delete(key) && waiting.size === 0)
        longest.set(name, Math.max(longest.get(name) ?? 0, now() - at));
    }
    marks = marks.filter(({ waiting }) => waiting.size > 0);
  };
  return {
    seen(key, isOpen) {
      if (isOpen) open.add(key);
      else if (open.has(key)) close(key);
    },
    mark(name) {
      if (open.size > 0) marks = [...marks, { name, at: now(), waiting: new Set(open) }];
    },
    isQuiet: () => open.size === 0,
    longestMs: (name) => longest.get(name) ?? 0,
  };
}
