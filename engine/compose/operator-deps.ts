/** Composition of what operators' commands on the books work with. */
import type { Command } from '../domain/commands.ts';
import { createDecide } from '../domain/decide.ts';
import type { Operator } from '../domain/operator/operator.ts';
import type { Action } from '../domain/principal/actions.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { PolicySource } from '../flows/deps.ts';
import { actOnSettlement } from '../flows/operator/act-on-settlement.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { Clock } from '../ports/environment.ts';
import { createStore } from '../store/create-store.ts';
import type { Actor } from './actor.ts';
import { withActor } from './actor.ts';
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
async function withOperatorStore<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (deps: OperatorDeps, operator: Operator, actor: Actor) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    const operator = await requireOperator(url);
    return withActor(url, (actor) => withStore(url, (deps) => use(deps, operator, actor)));
  });
}

/** What an order on a settlement says of itself. */
type SettlementOrder = {
  readonly action: Action;
  readonly settlementId: string;
  readonly evidence: string | undefined;
};

/**
 * Runs an operator's flow on a settlement, if they may act on it, and records it.
 * @throws StartupError as `withOperatorStore`
 */
export async function onSettlement(
  config: Config,
  credentials: Credentials | undefined,
  order: SettlementOrder,
  use: (deps: OperatorDeps, operator: Operator) => Promise<ToldAnswer>,
): Promise<ToldAnswer> {
  return withOperatorStore(config, credentials, (deps, operator, actor) =>
    actOnSettlement({ ...actor, store: deps.store }, { ...order, by: actor.by }, () =>
      use(deps, operator),
    ),
  );
}

/** Reads from the store, beside a running engine. */
export async function readStore<T>(
  config: Config,
  read: (store: OperatorDeps['store']) => Promise<T>,
): Promise<T> {
  return withDatabase(config, (url) => withStore(url, ({ store }) => read(store)), true);
}

/** Opens the store under a login that is in the address. */
/** Opens the store at an address, beside a running engine. */
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
