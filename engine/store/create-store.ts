import type { PersonCommand } from '../domain/command.ts';
import type { Command, CommandKinds } from '../domain/commands.ts';
import { kindOf } from '../domain/commands.ts';
import type { Decision, Facts } from '../domain/decision.ts';
import type { Around } from '../failpoints/names.ts';
import type { BankLegReads } from '../ports/bank-legs.ts';
import type { ClaimReads } from '../ports/claims.ts';
import type { Store } from '../ports/store.ts';
import type { StoreLog, WriterLimits, WriterOptions } from './batch/batch-writer.ts';
import { createBatchWriter } from './batch/batch-writer.ts';
import { onPool, openPool } from './connection/database.ts';
import type { ConnectionLimits } from './connection/pipelined-connection.ts';
import { createPipelinedConnection } from './connection/pipelined-connection.ts';
import { createBankLegReads } from './reads/bank-leg-reads.ts';
import { createClaimReads } from './reads/claim-reads.ts';
import { createPersonReads } from './reads/person-reads.ts';
import type { TraceGuard, TraceSource } from './reads/trace-source.ts';
import { createTraceSource, noTraceGuard } from './reads/trace-source.ts';
import type { AnyPersonTable } from './tables/person-table.ts';
import { personTables } from './tables/person-tables.ts';

export type StoreLimits = WriterLimits & ConnectionLimits & { readonly cardOwnersMax: number };

export const defaultStoreLimits: StoreLimits = {
  queueMax: 2_000,
  batchMax: 200,
  gatherMax: 32,
  secondBatchAbove: 32,
  conflictsMax: 4,
  awayMs: 5_000,
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 1_000,
  connectTimeoutMs: 2_000,
  cardOwnersMax: 100_000,
};

export type StoreOptions = {
  readonly url: string;
  /** The settlement rules; the policy in force is already bound. */
  decide(command: PersonCommand, facts: Facts): Decision;
  /** The engine's commands; others beside them only in tests. */
  readonly kindOf?: CommandKinds;
  /** ms; only to measure with. */
  readonly now: () => number;
  readonly log: StoreLog;
  /** Other tables of people than `personTables`; only in tests. */
  readonly tables?: readonly AnyPersonTable[];
  readonly limits?: Partial<StoreLimits>;
  readonly onBatch?: WriterOptions['onBatch'];
  /** Without it the sequence of trace numbers is trusted. */
  readonly traces?: TraceGuard;
  /** Failpoints, in tests. */
  readonly around?: Around | undefined;
};

/** The port, for commands `C`: in a test there may be others beside the engine's. */
type StoreOf<C> = Omit<Store, 'execute'> & { execute(command: C): ReturnType<Store['execute']> };

/** How busy the store is just now. */
type Load = {
  readonly queued: number;
  readonly pool: { readonly open: number; readonly idle: number; readonly waiting: number };
};

/**
 * The people's rows in PostgreSQL. Two connections write batches, one reads facts, a small pool
 * does the rest; all are opened when they are first needed.
 */
export function createStore<C extends PersonCommand = Command>(
  options: StoreOptions,
): StoreOf<C> & BankLegReads & ClaimReads & TraceSource & { load(): Load; close(): Promise<void> } {
  const { url, tables = personTables } = options;
  const limits = { ...defaultStoreLimits, ...options.limits };
  const writers = [
    createPipelinedConnection(url, limits),
    createPipelinedConnection(url, limits),
  ] as const;
  const reader = createPipelinedConnection(url, limits);
  const pool = openPool(url, limits);
  const database = onPool(pool);
  const writer = createBatchWriter({ kindOf, ...options, tables, connections: writers, limits });
  const reads = createPersonReads({
    database,
    connection: reader,
    tables,
    cardOwnersMax: limits.cardOwnersMax,
  });
  return {
    ...reads,
    ...createBankLegReads(database),
    ...createTraceSource(database, options.traces ?? noTraceGuard),
    ...createClaimReads(database),
    execute: writer.execute,
    load: () => ({
      queued: writer.queued(),
      pool: { open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
    }),
    /** Finishes what is queued, then lets the connections go. */
    async close() {
      await writer.drain();
      await Promise.all([...writers, reader].map((connection) => connection.close()));
      await database.destroy();
    },
  };
}
