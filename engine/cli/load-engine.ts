import type { Result } from '../base/errors/result.ts';
import type { ReplayOrder, WhatIfOrder } from '../compose/history.ts';
import type { Answer } from '../domain/request/answer.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { ReplaySummary } from '../flows/history/replay-settlements.ts';
import type { WhatIfSummary } from '../flows/history/what-if.ts';
import type { ApprovalOrder, ProposalOrder } from '../flows/operator/resolve-reversal.ts';
import type { PackFileText, PackVerdict } from '../flows/policy/activate-packs.ts';
import type { RefusedPack } from '../flows/policy/read-candidate-packs.ts';
import type { CatalogueOrder } from '../flows/policy/store-catalogue.ts';
import type { PartitionUpkeep } from '../jobs/keep-partitions.ts';
import type { Config } from '../ops/config.ts';
import type { OpenLeg } from '../ports/bank-legs.ts';
import type { MonthPartition, WhyPartitionKept } from '../ports/partitions.ts';

/** What the command line needs of the composition root, `engine/main.ts`. */
export type EngineModule = {
  /** Resolves when the engine serves. */
  startEngine(config: Config): Promise<RunningEngine>;
  /** Brings the database to the engine's schema; names of the migrations that were applied now. */
  migrateDatabase(config: Config): Promise<{ readonly applied: readonly string[] }>;
  /** Migrates, then puts the sandbox's institutions, terminals and people on record. */
  seedDatabase(config: Config): Promise<void>;
  /** Checks policy packs and puts them on record together, or none of them. */
  activatePolicy(config: Config, files: readonly PackFileText[]): Promise<readonly PackVerdict[]>;
  /** Puts a catalogue on record and switches its region over to it. */
  installCatalogue(config: Config, order: CatalogueOrder): Promise<void>;
  /** Decides recorded settlements again and compares them with what is on record; changes nothing. */
  replayHistory(config: Config, order: ReplayOrder): Promise<ReplaySummary>;
  /** Splits recorded bills by other packs, or tells what is wrong with the packs; changes nothing. */
  tryPacks(
    config: Config,
    order: WhatIfOrder,
  ): Promise<Result<WhatIfSummary, readonly RefusedPack[]>>;
  /** Reversals and refunds that the bank has not answered. */
  listReversals(config: Config): Promise<readonly OpenLeg[]>;
  /** Resolving a reversal manually: one operator proposes, another approves. */
  proposeResolution(config: Config, order: ProposalOrder): Promise<Answer>;
  approveResolution(config: Config, order: ApprovalOrder): Promise<Answer>;
  /** The monthly partitions of the books; taking one away drops nothing. */
  listPartitions(config: Config): Promise<readonly MonthPartition[]>;
  detachPartition(config: Config, month: string): Promise<Result<void, WhyPartitionKept>>;
  /** Makes the next months and takes old ones away by policy, as the engine's job does. */
  runPartitionUpkeep(config: Config, tell: FlowLog['info']): Promise<PartitionUpkeep>;
};

export type RunningEngine = {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  /** Finishes what is under way; the database and the sandbox's bank stop with it. */
  stop(): Promise<void>;
};

/** Loads the composition root when a command needs it: `--help` needs no database driver. */
export async function loadEngine(): Promise<EngineModule> {
  return import('../main.ts');
}
