import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Store } from '../../ports/store.ts';
import { StoreUnavailable } from '../../ports/store.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

/** Trace numbers come in blocks: increment of the sequence `bank_trace`. */
const BLOCK = 100n;
/** Field 11 and field 60.2 have six digits; 000000 is not used. */
const TRACE_MAX = 999_999n;

/** Watches over the blocks: the sequence is as old as the database, which may have been restored. */
export type TraceGuard = {
  /** May this block be used? `last`: its end. False: the sequence has moved on, take another. */
  accept(last: bigint): Promise<boolean>;
  /** Moves the sequence on to numbers that were never given out. */
  leave(): Promise<void>;
};

export type TraceSource = Pick<Store, 'nextTrace'> & {
  /** The bank has shown that the present block was given out before: goes on where none was. */
  leaveTraces(): Promise<void>;
};

/** Every block is good: for a store beside the engine, which asks the bank for nothing. */
export const noTraceGuard: TraceGuard = { accept: async () => true, leave: async () => undefined };

/** Trace number and batch of a position of the sequence. */
export function readTrace(position: bigint): { readonly stan: number; readonly batch: number } {
  return {
    stan: Number(position % TRACE_MAX) + 1,
    batch: Number((position / TRACE_MAX) % TRACE_MAX) + 1,
  };
}

/** Numbers from a block that this process alone has taken; a restart takes the next block. */
export function createTraceSource(database: Kysely<Database>, guard: TraceGuard): TraceSource {
  let next = 0n;
  let end = 0n;
  let refill: Promise<void> | undefined;

  async function takeBlock(): Promise<void> {
    const { rows } = await sql<{ last: bigint }>`select nextval('bank_trace') as last`.execute(
      database,
    );
    const [row] = rows;
    if (row === undefined) throw new StoreUnavailable('no trace numbers');
    if (!(await guard.accept(row.last))) return;
    next = row.last - BLOCK;
    end = row.last;
  }

  return {
    async nextTrace() {
      while (next === end) {
        refill ??= takeBlock().finally(() => {
          refill = undefined;
        });
        await orUnavailable(refill);
      }
      return readTrace(next++);
    },
    async leaveTraces() {
      await orUnavailable(guard.leave());
      next = end;
    },
  };
}
