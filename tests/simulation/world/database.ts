/**
 * The store port over the rows in memory: slow, busy, unavailable, and unsure about a commit, as the plan
 * wills. One database outlives every engine.
 */
import type { Result } from '../../../engine/base/errors/result.ts';
import { fail, ok } from '../../../engine/base/errors/result.ts';
import type { Command } from '../../../engine/domain/commands.ts';
import type { BankLegReads } from '../../../engine/ports/bank-legs.ts';
import type { Executed, ExecuteFailure, Store } from '../../../engine/ports/store.ts';
import { StoreUnavailable } from '../../../engine/ports/store.ts';
import type { RenderedDecision } from '../../../engine/render/render-answer.ts';
import { readsOf } from '../../support/memory/memory-reads.ts';
import type { MemoryStore } from '../../support/memory/memory-store.ts';
import type { Random } from '../../support/random.ts';
import type { Faults } from './faults.ts';
import type { Process, Scheduler } from './scheduler.ts';

export type Database = {
  readonly memory: MemoryStore;
  readonly process: Process;
  readonly traces: { taken: number };
  /** No connection is free until then, ms: everybody waits, and is refused when that takes too long. */
  exhaustedUntil: number;
};

export type DatabaseEvents = {
  /** Committed: every check of what must hold at every moment. */
  onCommit(command: Command, decision: RenderedDecision): void;
  /** The database's own checks refused it: a bug of the engine. */
  onRefused(command: Command, reason: string): void;
  /** The engine stands still just now: something is committed, and it does not know yet. */
  stall(engine: Process): void;
};

type Connection = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  readonly database: Database;
  readonly events: DatabaseEvents;
  readonly engine: Process;
};

/** Traces of one batch; a small number, so that refunds meet sales of an earlier batch. */
const TRACES_PER_BATCH = 12;
const WAIT_FOR_CONNECTION_MS = 2_000;

export type EngineStore = Store & Pick<BankLegReads, 'legsOfTrace'>;

/** What one engine process sees of the database. */
export function connectStore(connection: Connection): EngineStore {
  const { database } = connection;
  const { memory, traces } = database;
  const read = <T>(produce: () => T) => readOnce(connection, produce);
  const reads = readsOf(memory);
  return {
    execute: (command) => execute(connection, command),
    findCardOwner: (cardId) => read(() => reads.findCardOwner(cardId)),
    readFacts: (query) => read(() => reads.readFacts(query)),
    readSettlement: (id, more) => read(() => reads.readSettlement(id, more)),
    findRequests: (terminalId, key) => read(() => reads.findRequests(terminalId, key)),
    dueBankLegs: (at, limit) => read(() => reads.dueBankLegs(at, limit)),
    legsOfTrace: (trace) => read(() => reads.legsOfTrace(trace)),
    hasOtherLeg: (leg, answer) => read(() => reads.hasOtherLeg(leg, answer)),
    nextTrace: () =>
      read(() => {
        const serial = traces.taken++;
        return { stan: serial + 1, batch: 1 + Math.floor(serial / TRACES_PER_BATCH) };
      }),
  };
}

async function readOnce<T>(connection: Connection, produce: () => T): Promise<T> {
  const { scheduler, faults, random, database, engine } = connection;
  const waitMs = Math.max(0, database.exhaustedUntil - scheduler.now());
  await scheduler.later(Math.min(waitMs, WAIT_FOR_CONNECTION_MS) + random.between(0, 3), engine);
  if (waitMs > WAIT_FOR_CONNECTION_MS || faults.hits('store.read-fails'))
    throw new StoreUnavailable('no connection');
  return produce();
}

type Performed = Result<Executed, ExecuteFailure>;

/** Once it is sent the database carries it out even if the engine dies meanwhile. */
function execute(connection: Connection, command: Command): Promise<Performed> {
  const { scheduler, faults, random, database, engine } = connection;
  return new Promise((resolve) => {
    const answer = (ms: number, result: Performed) =>
      scheduler.after(ms, engine, () => resolve(result));
    const waitMs = Math.max(0, database.exhaustedUntil - scheduler.now());
    if (waitMs > WAIT_FOR_CONNECTION_MS) {
      answer(WAIT_FOR_CONNECTION_MS, fail({ kind: 'unavailable' }));
    } else if (faults.hits('store.busy')) {
      const retryAfterMs = faults.of('store.busy').between(20, 500);
      answer(1, fail({ kind: 'busy', retryAfterMs }));
    } else if (faults.hits('store.refused')) {
      answer(faults.of('store.refused').between(1, 2_000), fail({ kind: 'unavailable' }));
    } else {
      const slowMs = faults.hits('store.slow') ? faults.of('store.slow').between(100, 9_000) : 0;
      const arrivesIn = waitMs + slowMs + random.between(1, 8);
      scheduler.after(arrivesIn, database.process, () => carryOut(connection, command, answer));
    }
  });
}

function carryOut(
  connection: Connection,
  command: Command,
  answer: (ms: number, result: Performed) => void,
): void {
  const { faults, random, events, engine } = connection;
  if (faults.hits('store.lost-before-commit')) {
    answer(random.between(1, 50), fail({ kind: 'outcome-unknown' }));
    return;
  }
  const decision = commit(connection, command);
  if (faults.hits('engine.stalls-after-commit')) events.stall(engine);
  if (decision === undefined) answer(1, fail({ kind: 'unavailable' }));
  else if (faults.hits('store.lost-after-commit')) answer(1, fail({ kind: 'outcome-unknown' }));
  else answer(random.between(1, 4), ok(decision));
}

function commit(
  { database, events, scheduler }: Connection,
  command: Command,
): RenderedDecision | undefined {
  try {
    const decision = database.memory.run(command);
    const { settlement } = decision.writes ?? {};
    const move = settlement === undefined ? '' : ` ${settlement.from} to ${settlement.to.state}`;
    scheduler.trace(`committed ${command.type} ${decision.answer.code ?? ''}${move}`);
    events.onCommit(command, decision);
    return decision;
  } catch (error) {
    events.onRefused(command, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
