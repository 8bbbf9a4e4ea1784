/**
 * Composition of replay and what-if: they read recorded settlements beside a running engine, without locks.
 */
import { lintPack } from '../../rules/lint/lint-pack.ts';
import { loadPacks } from '../../rules/packs/load-packs.ts';
import type { Result } from '../base/errors/result.ts';
import { ok } from '../base/errors/result.ts';
import { everywhere } from '../domain/principal/authorise.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { Replay, ReplaySummary } from '../flows/history/replay-settlements.ts';
import { replaySettlements } from '../flows/history/replay-settlements.ts';
import type { WhatIf, WhatIfSummary } from '../flows/history/what-if.ts';
import { whatIf } from '../flows/history/what-if.ts';
import { createPolicySource } from '../flows/policy/policy-source.ts';
import type { CandidatePack, RefusedPack } from '../flows/policy/read-candidate-packs.ts';
import { readCandidatePacks } from '../flows/policy/read-candidate-packs.ts';
import type { Config } from '../ops/config.ts';
import type { RecordedSettlements } from '../ports/recorded-settlements.ts';
import { StoreUnavailable } from '../ports/store.ts';
import { openRecordedSettlements } from '../store/reads/recorded-settlements.ts';
import { openReferenceData } from '../store/reference/reference-data.ts';
import { readPersons } from './actor.ts';

export type ReplayOrder = Pick<Replay, 'days' | 'onReport' | 'onProgress'>;

/** Recomputes the recorded settlements of past days and compares them with the records. */
export async function replayHistory(config: Config, order: ReplayOrder): Promise<ReplaySummary> {
  return withRecordedHistory(config, (history) => replaySettlements({ ...order, ...history }));
}

export type WhatIfOrder = Pick<WhatIf, 'days' | 'isByDate' | 'onBill' | 'onProgress'> & {
  readonly packs: readonly CandidatePack[];
};

/** Splits recorded bills by other packs. The error lists the packs that cannot be used, and why. */
export async function tryPacks(
  config: Config,
  order: WhatIfOrder,
): Promise<Result<WhatIfSummary, readonly RefusedPack[]>> {
  return withRecordedHistory(config, async ({ policy, recorded }) => {
    const packs = readCandidatePacks(order.packs, policy, lintPack);
    if (!packs.ok) return packs;
    return ok(await whatIf({ ...order, packs: packs.value, policy, recorded }));
  });
}

type Packs = Pick<Replay, 'policy' | 'unusable' | 'activated'>;
type History = Packs & { readonly recorded: RecordedSettlements };

async function withRecordedHistory<T>(
  config: Config,
  use: (history: History) => Promise<T>,
): Promise<T> {
  const work = async (url: string): Promise<T> => {
    const packs = await readPolicy(url);
    const recorded = openRecordedSettlements({ url });
    try {
      return await use({ ...packs, recorded });
    } finally {
      await recorded.close();
    }
  };
  // Every bill of the days is read, and what is shown of them can be put together again.
  const reading = { action: 'history.what-if', scope: everywhere } as const;
  return readPersons(config, reading, work);
}

/** The shipped packs and those activated in this database. `unusable`: reasons by pack id. */
export async function readPolicy(url: string): Promise<Packs> {
  const unusable = new Map<string, string>();
  const log: Pick<FlowLog, 'info' | 'warn' | 'error'> = {
    info: () => undefined,
    warn: () => undefined,
    error: (_event, { pack, reason }) => unusable.set(`${pack}`, `${reason}`),
  };
  const data = openReferenceData(url);
  try {
    const source = createPolicySource({ shipped: loadPacks(), store: data.packs, log });
    if (!(await source.refresh())) throw new StoreUnavailable('the packs could not be read');
    const activated = new Set((await data.packs.listPacks()).map(({ id }) => id));
    return { policy: source.current(), unusable, activated };
  } finally {
    await data.close();
  }
}
