/** Composition of what operators' commands on the books work with. */
import type { Command } from '../domain/commands.ts';
import { createDecide } from '../domain/decide.ts';
import type { Operator } from '../domain/operator/operator.ts';
import type { PolicySource } from '../flows/deps.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Clock } from '../ports/environment.ts';
import { createStore } from '../store/create-store.ts';
import { readPolicy } from './history.ts';
import type { Credentials } from './operator.ts';
import { requireOperator, withLogin } from './operator.ts';

/** What flows of operators work with. */
type OperatorDeps = {
  readonly policy: PolicySource;
  readonly clock: Clock;
  readonly store: ReturnType<typeof createStore<Command>>;
};

/** An order before it is known whose it is. */
export type Unsigned<Order> = Omit<Order, 'by'>;

/**
 * Runs an operator's flow under the operator's login, beside a running engine.
 * @throws StartupError OPERATOR_LOGIN_NEEDED when the login is the owner's, the engine's or nobody's
 */
export async function withOperatorStore<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (deps: OperatorDeps, operator: Operator) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    const operator = await requireOperator(url);
    return withStore(url, (deps) => use(deps, operator));
  });
}

/** Reads from the store, beside a running engine. */
export async function readStore<T>(
  config: Config,
  read: (store: OperatorDeps['store']) => Promise<T>,
): Promise<T> {
  return withDatabase(config, (url) => withStore(url, ({ store }) => read(store)), true);
}

/** Opens the store under a login that is in the address. */
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
