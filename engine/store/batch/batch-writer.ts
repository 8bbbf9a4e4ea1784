import type pg from 'pg';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { PersonCommand } from '../../domain/command.ts';
import type { CommandKinds } from '../../domain/commands.ts';
import type { Decision, Facts } from '../../domain/decision.ts';
import { toldAnswer } from '../../domain/request/answer.ts';
import type { RenderedAnswer } from '../../domain/request/request-record.ts';
import type { Around } from '../../failpoints/names.ts';
import type { Executed, ExecuteFailure } from '../../ports/store.ts';
import { renderAnswer } from '../../render/render-answer.ts';
import { kindOfDatabaseError, sqlStateOf } from '../connection/database-errors.ts';
import type { PipelinedConnection } from '../connection/pipelined-connection.ts';
import type { AnyPersonTable } from '../tables/person-table.ts';
import { personRowKey, readBatchState } from './batch-read.ts';
import { applyWrites, factsFor } from './person-state.ts';
import { postBatch } from './post-batch.ts';

export type WriterLimits = {
  /** Commands that wait; one more that begins something is refused at once. */
  readonly queueMax: number;
  readonly batchMax: number;
  /** So many go out at once; fewer wait a turn of the event loop for others that are on their way. */
  readonly gatherMax: number;
  /** A second batch goes out beside the first when more than this wait. */
  readonly secondBatchAbove: number;
  /** How often a batch is decided anew because another process was faster. */
  readonly conflictsMax: number;
  /** How long a batch waits for a database that went away. */
  readonly awayMs: number;
};

/** One line per event; facts never hold data of a person. */
export type StoreLog = (event: string, facts: { readonly [name: string]: string | number }) => void;

export type WriterOptions = {
  /** What batches read and write, in the order of the writing statement. */
  readonly tables: readonly AnyPersonTable[];
  readonly connections: readonly [PipelinedConnection, PipelinedConnection];
  decide(command: PersonCommand, facts: Facts): Decision;
  readonly kindOf: CommandKinds;
  /** ms; only for how long something took. */
  readonly now: () => number;
  readonly limits: WriterLimits;
  readonly log: StoreLog;
  /** A batch is over, however it ended. */
  readonly onBatch?:
    | ((batch: { readonly commands: number; readonly ms: number }) => void)
    | undefined;
  /** Failpoints, in tests. */
  readonly around?: Around | undefined;
};

export type BatchWriter = {
  execute(command: PersonCommand): Promise<Result<Executed, ExecuteFailure>>;
  /** Commands that wait for the next batch. */
  queued(): number;
  /** Takes nothing new and resolves when the queue is done. */
  drain(): Promise<void>;
};

type Item = {
  readonly command: PersonCommand;
  readonly person: string;
  readonly answer: (result: Result<Executed, ExecuteFailure>) => void;
};

/**
 * Natural group commit: while a batch is being committed the next one gathers, so an idle engine
 * writes at once and a busy one writes large batches. A person's commands are carried out in the
 * order in which they came: while a batch holds a person, that person's further commands wait.
 */
export function createBatchWriter(options: WriterOptions): BatchWriter {
  const { limits, connections } = options;
  const held = new Set<string>();
  const busy = new Set<PipelinedConnection>();
  const idleWaiters: (() => void)[] = [];
  let queue: Item[] = [];
  let isClosed = false;
  let isScheduled = false;
  let lastBatchMs = 10;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    gather(0);
  }

  /** While each turn of the event loop brings more commands, a batch waits for them: it goes out larger. */
  function gather(seen: number): void {
    const more = queue.length;
    if (more > seen && more < limits.gatherMax) {
      setImmediate(gather, more);
      return;
    }
    isScheduled = false;
    startBatches();
  }

  function startBatches(): void {
    for (const connection of connections) {
      if (busy.has(connection)) continue;
      if (busy.size > 0 && queue.length <= limits.secondBatchAbove) continue;
      const items = takeBatch();
      if (items.length === 0) continue;
      // Whatever goes wrong, nobody waits for ever: what was answered already stays answered.
      runOn(connection, items).catch(() => {
        for (const item of items) item.answer(fail({ kind: 'outcome-unknown' }));
      });
    }
    if (busy.size === 0 && queue.length === 0) for (const wake of idleWaiters.splice(0)) wake();
  }

  /** The oldest commands whose people no running batch holds. */
  function takeBatch(): Item[] {
    const taken: Item[] = [];
    const left: Item[] = [];
    for (const item of queue) {
      (taken.length < limits.batchMax && !held.has(item.person) ? taken : left).push(item);
    }
    queue = left;
    for (const { person } of taken) held.add(person);
    return taken;
  }

  async function runOn(connection: PipelinedConnection, items: readonly Item[]): Promise<void> {
    busy.add(connection);
    const startedAt = options.now();
    let isReachable = true;
    try {
      isReachable = await runBatch(options, connection, { items, isInDoubt: false });
    } finally {
      lastBatchMs = options.now() - startedAt;
      options.onBatch?.({ commands: items.length, ms: lastBatchMs });
      busy.delete(connection);
      for (const { person } of items) held.delete(person);
      schedule();
    }
    // Those who waited behind a lost database wait no longer: nothing was done for them.
    if (!isReachable)
      for (const item of queue.splice(0)) item.answer(fail({ kind: 'unavailable' }));
  }

  return {
    execute(command) {
      if (isClosed) return Promise.resolve(fail({ kind: 'unavailable' }));
      if (options.kindOf(command).startsWork && queue.length >= limits.queueMax) {
        const batches = Math.ceil(queue.length / limits.batchMax);
        const retryAfterMs = Math.max(100, Math.ceil(batches * lastBatchMs));
        return Promise.resolve(fail({ kind: 'busy', retryAfterMs }));
      }
      return new Promise((answer) => {
        queue.push({ command, person: personRowKey(command.key), answer });
        schedule();
      });
    },
    queued: () => queue.length,
    async drain() {
      isClosed = true;
      if (busy.size === 0 && queue.length === 0) return;
      await new Promise<void>((wake) => idleWaiters.push(wake));
    },
  };
}

type Batch = {
  readonly items: readonly Item[];
  /** A write was sent whose outcome nobody knows. */
  readonly isInDoubt: boolean;
};

/**
 * Carries out a batch and answers everybody in it. A batch that the database refuses is halved
 * until the command that it refuses stands alone.
 * @returns false if the database stayed away
 */
async function runBatch(
  options: WriterOptions,
  connection: PipelinedConnection,
  batch: Batch,
): Promise<boolean> {
  const { limits, log, now } = options;
  const { items } = batch;
  let { isInDoubt } = batch;
  let conflicts = 0;
  let awaySince: number | undefined;
  const failAll = (kind: 'unavailable' | 'outcome-unknown') => {
    for (const item of items) item.answer(fail({ kind }));
  };
  for (;;) {
    const progress: Progress = { client: undefined, isWriting: false };
    try {
      const results = await attempt(options, connection, { items, progress });
      for (const [i, item] of items.entries()) {
        item.answer(results[i] ?? fail({ kind: 'unavailable' }));
      }
      return true;
    } catch (error) {
      const kind = kindOfDatabaseError(error);
      log('batch-failed', { kind, sqlState: sqlStateOf(error) ?? '', commands: items.length });
      if (kind === 'lost') {
        isInDoubt ||= progress.isWriting;
        if (progress.client) connection.drop(progress.client);
        awaySince ??= now();
        if (now() - awaySince >= limits.awayMs) {
          failAll(isInDoubt ? 'outcome-unknown' : 'unavailable');
          return false;
        }
        await pause(Math.min(500, 20 + (now() - awaySince) / 4));
        continue;
      }
      awaySince = undefined;
      if (kind === 'conflict' && conflicts++ < limits.conflictsMax) continue;
      if (kind === 'exhausted' || items.length === 1) {
        failAll(isInDoubt ? 'outcome-unknown' : 'unavailable');
        return true;
      }
      const half = Math.ceil(items.length / 2);
      const isReachable = await runBatch(options, connection, {
        items: items.slice(0, half),
        isInDoubt,
      });
      const second = { items: items.slice(half), isInDoubt };
      if (isReachable) return runBatch(options, connection, second);
      for (const item of second.items) {
        item.answer(fail({ kind: isInDoubt ? 'outcome-unknown' : 'unavailable' }));
      }
      return false;
    }
  }
}

/** How far an attempt came: what to clean up, and whether its outcome may be unknown. */
type Progress = { client: pg.Client | undefined; isWriting: boolean };

/** Reads, decides in order of arrival, writes. A command that breaks an invariant fails alone. */
async function attempt(
  { tables, decide, kindOf, log, around = plainly }: WriterOptions,
  connection: PipelinedConnection,
  { items, progress }: { items: readonly Item[]; progress: Progress },
): Promise<Result<Executed, ExecuteFailure>[]> {
  const client = await connection.client();
  progress.client = client;
  const needs = items.map(({ command }) => kindOf(command).needs(command));
  const states = await around('batch.read', () => readBatchState(client, tables, needs));
  const results = items.map(({ command, person }, i): Result<Executed, ExecuteFailure> => {
    const own = states.get(person);
    const need = needs[i];
    try {
      if (own === undefined || need === undefined) return fail({ kind: 'unavailable' });
      const decision = decide(command, factsFor(own, need));
      const rendered = renderAnswer(decision.answer);
      applyWrites(own, command, { ...decision, rendered });
      return ok(executedOf(decision, rendered));
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      log('command-failed', { command: command.type, error: name });
      return fail({ kind: 'unavailable' });
    }
  });
  const people = [...states.values()];
  if (people.some(({ isWritten }) => isWritten)) {
    progress.isWriting = true;
    await around('batch.write', () => postBatch(client, people));
  }
  return results;
}

/** What waits for the commit: without the values that only made the bytes. */
function executedOf({ answer, writes }: Decision, rendered: RenderedAnswer): Executed {
  if (writes === undefined) return { answer: toldAnswer(answer), rendered, writes };
  const { request: _, ...others } = writes;
  return { answer: toldAnswer(answer), rendered, writes: others };
}

const plainly: Around = (_, run) => run();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
