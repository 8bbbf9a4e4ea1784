/** Composition of the operators' commands on open reversals, which run beside a running engine. */
import type { Command } from '../domain/commands.ts';
import { createDecide } from '../domain/decide.ts';
import type { ToldAnswer } from '../domain/request/answer.ts';
import type { ApprovalOrder, ProposalOrder } from '../flows/operator/resolve-reversal.ts';
import {
  approveResolution as approve,
  proposeResolution as propose,
} from '../flows/operator/resolve-reversal.ts';
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import type { OpenLeg } from '../ports/bank-legs.ts';
import { createStore } from '../store/create-store.ts';
import { readPolicy } from './history.ts';

/** Open legs that are listed at most. */
const LISTED_MAX = 1_000;

/** Open reversals and repeated refunds, oldest first, with their proposals. */
export async function listReversals(config: Config): Promise<readonly OpenLeg[]> {
  return withOperatorDeps(config, ({ store }) => store.listOpenLegs(LISTED_MAX));
}

/** First step of a manual resolution (人工销账): stores a proposal. */
export async function proposeResolution(config: Config, order: ProposalOrder): Promise<ToldAnswer> {
  return withOperatorDeps(config, (deps) => propose(deps, order));
}

/** Second step: another operator approves a proposal, which is then executed. */
export async function approveResolution(config: Config, order: ApprovalOrder): Promise<ToldAnswer> {
  return withOperatorDeps(config, (deps) => approve(deps, order));
}

type OperatorDeps = Parameters<typeof propose>[0] & {
  readonly store: ReturnType<typeof createStore<Command>>;
};

async function withOperatorDeps<T>(
  config: Config,
  use: (deps: OperatorDeps) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
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
  };
  return withDatabase(config, work, true);
}
