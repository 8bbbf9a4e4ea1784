import type { Command } from '../domain/commands.ts';
import { createDecide } from '../domain/decide.ts';
import type { PolicySource } from '../flows/deps.ts';
import type { Clock } from '../ports/environment.ts';
import { createStore } from '../store/create-store.ts';
import { readPolicy } from './history.ts';

/** What flows of operators work with. */
export type OperatorDeps = {
  readonly policy: PolicySource;
  readonly clock: Clock;
  readonly store: ReturnType<typeof createStore<Command>>;
};

/** Runs an operator's flow on a database, beside a running engine. */
export async function withStore<T>(
  url: string,
  use: (deps: OperatorDeps) => Promise<T>,
): Promise<T> {
  const { policy } = await readPolicy(url);
  const store = createStore({
    url,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  const fixed = { current: () => policy, refresh: async () => false };
  try {
    return await use({ store, policy: fixed, clock: { now: () => Date.now() } });
  } finally {
    await store.close();
  }
}
