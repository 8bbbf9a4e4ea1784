/**
 * The part of the composition root that operators use to look at open reversals and to close by hand those
 * that the bank cannot answer: beside a running engine, as a program of its own that people start.
 */
import type { Command } from '../domain/commands.ts';
import { createDecide } from '../domain/decide.ts';
import type { Answer } from '../domain/request/answer.ts';
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

const LISTED_MAX = 1_000;

/** Reversals and repeated refunds that the bank has not answered, the oldest first, with their proposals. */
export async function listReversals(config: Config): Promise<readonly OpenLeg[]> {
  return withOffice(config, ({ store }) => store.listOpenLegs(LISTED_MAX));
}

/** Records what one operator holds for true. */
export async function proposeResolution(config: Config, order: ProposalOrder): Promise<Answer> {
  return withOffice(config, (office) => propose(office, order));
}

/** Carries out what another operator has proposed. */
export async function approveResolution(config: Config, order: ApprovalOrder): Promise<Answer> {
  return withOffice(config, (office) => approve(office, order));
}

type Office = Parameters<typeof propose>[0] & {
  readonly store: ReturnType<typeof createStore<Command>>;
};

async function withOffice<T>(config: Config, use: (office: Office) => Promise<T>): Promise<T> {
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
