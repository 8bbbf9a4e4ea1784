/** A store on a database of its own, whose people have 10.00 yuan each. */
import type { Fen } from '../../engine/base/money/fen.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { createStore, StoreOptions } from '../../engine/store/create-store.ts';
import { decideBill, seed } from '../integration/engine/store/toy-store.ts';
import { withDatabase } from './database.ts';
import { withWrites } from './decision-edits.ts';

export type Open = (options: StoreOptions) => ReturnType<typeof createStore>;
export type Opened = ReturnType<Open>;

export const POISON = 999n;

/** The entries of a bill of this amount do not balance: the database refuses it. */
export const decide: Decide = (command, facts) =>
  withWrites(decideBill(command, facts), (writes) => {
    const { posting } = writes;
    const [first, ...others] = posting?.entries ?? [];
    if (posting === undefined || first?.amount !== -POISON) return writes;
    const entries = [{ ...first, amount: 0n as Fen }, ...others];
    return { ...writes, posting: { ...posting, entries } };
  });

/** Runs with a store on a database in which A and B have 10.00 yuan each. */
export function withStore(
  open: Open,
  run: (store: Opened, url: string) => Promise<void>,
  change: Partial<StoreOptions> = {},
): Promise<void> {
  return withDatabase(async (url) => {
    await seed(url, { A: 1_000n, B: 1_000n });
    const now = () => performance.now();
    const store = open({ url, decide, now, log: () => undefined, ...change });
    try {
      await run(store, url);
    } finally {
      await store.close();
    }
  });
}

export const withPort =
  (change: (store: Opened, options: StoreOptions) => Partial<Opened>) =>
  (open: Open): Open =>
  (options) => {
    const store = open(options);
    return { ...store, ...change(store, options) };
  };

export const withOptions =
  (change: (options: StoreOptions) => Partial<StoreOptions>) =>
  (open: Open): Open =>
  (options) =>
    open({ ...options, ...change(options) });
