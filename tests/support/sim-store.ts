/** The store port over the rows in memory: slow, busy, unavailable, and unsure about a commit, as the seed wills. */

import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import type { Command } from '../../engine/domain/commands.ts';
import { isDue } from '../../engine/domain/leg/leg.ts';
import type { Executed, ExecuteFailure, Store } from '../../engine/ports/store.ts';
import type { MemoryStore } from './memory/memory-store.ts';
import type { Process, Scheduler } from './sim-scheduler.ts';

/** One database, which outlives every engine. */
export type SimDatabase = {
  readonly memory: MemoryStore;
  readonly process: Process;
  traces: number;
  isFaulty: boolean;
  /** Lets an engine stand still (SIGSTOP) at the worst moment: something is committed, and it does not know yet. */
  stall(engine: Process): void;
  /** Sees every command that was carried out, with what was decided. */
  onDecision(command: Command, decision: Executed): void;
  /** A command that the database's own checks refused: a bug of the engine. */
  onRefused(command: Command, reason: string): void;
};

/** Traces of one batch; a small number, so that refunds meet sales of an earlier batch. */
const TRACES_PER_BATCH = 12;

/** What one engine process sees of the database. */
export function connectSimStore(
  scheduler: Scheduler,
  database: SimDatabase,
  engine: Process,
): Store {
  const { memory } = database;
  const { random } = scheduler;
  const chance = (probability: number) => database.isFaulty && random.chance(probability);

  const read = async <T>(produce: () => T): Promise<T> => {
    await scheduler.later(random.between(0, 3), engine);
    if (chance(0.01)) throw new Error('the connection is gone');
    return produce();
  };
  const commit = (command: Command): Executed | undefined => {
    try {
      const decision = memory.run(command);
      database.onDecision(command, decision);
      return decision;
    } catch (error) {
      database.onRefused(command, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  return {
    execute: (command) =>
      new Promise((resolve) => {
        const answer = (ms: number, result: Result<Executed, ExecuteFailure>) =>
          scheduler.after(ms, engine, () => resolve(result));
        if (chance(0.04)) {
          answer(1, fail({ kind: 'busy', retryAfterMs: random.between(20, 500) }));
          return;
        }
        if (chance(0.03)) {
          answer(random.between(1, 2000), fail({ kind: 'unavailable' }));
          return;
        }
        // Once it is sent the database carries it out even if the engine dies meanwhile.
        scheduler.after(
          chance(0.05) ? random.between(100, 9000) : random.between(1, 8),
          database.process,
          () => {
            if (chance(0.02)) {
              answer(random.between(1, 50), fail({ kind: 'outcome-unknown' }));
              return;
            }
            const decision = commit(command);
            const isLost = chance(0.03);
            if (chance(0.02)) database.stall(engine);
            if (decision === undefined) answer(1, fail({ kind: 'unavailable' }));
            else
              answer(
                random.between(1, 4),
                isLost ? fail({ kind: 'outcome-unknown' }) : ok(decision),
              );
          },
        );
      }),
    findCardOwner: (cardId) => read(() => memory.cards.get(cardId)?.key),
    readFacts: ({ key, cardId }) =>
      read(() => ({
        person: memory.persons.get(key.personNo),
        card: memory.cards.get(cardId),
        accumulators: [...memory.accumulators.values()].filter(
          (row) => row.key.personNo === key.personNo,
        ),
        invalidListHits: memory.listed.get(cardId) ?? [],
        requests: [],
        settlement: undefined,
        bankLegs: [],
        refunds: [],
      })),
    readSettlement: (id) => read(() => memory.factsOfSettlement(id)),
    findRequests: (terminalId, requestKey) =>
      read(() =>
        [...memory.requests.values()].filter(
          (record) => record.terminalId === terminalId && record.requestKey === requestKey,
        ),
      ),
    dueBankLegs: (at, limit) =>
      read(() =>
        [...memory.bankLegs.values()]
          .filter(({ nextAttemptAt }) => isDue(nextAttemptAt, at))
          .toSorted((a, b) => (a.nextAttemptAt ?? 0) - (b.nextAttemptAt ?? 0))
          .slice(0, limit),
      ),
    nextTrace: () =>
      read(() => {
        const serial = database.traces++;
        return { stan: serial + 1, batch: 1 + Math.floor(serial / TRACES_PER_BATCH) };
      }),
  };
}
