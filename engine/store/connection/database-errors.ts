import { NoResultError } from 'kysely';
import pg from 'pg';
import { InvariantViolation } from '../../base/errors/result.ts';
import { StoreUnavailable } from '../../ports/store.ts';

/**
 * lost: the connection is gone, and what it was doing may or may not have happened.
 * conflict: another process wrote first; read and decide again.
 * exhausted: the server cannot work now (disk, memory, connections, time); nothing happened.
 * refused: this very statement will never succeed; one of its commands is poison.
 */
export type DatabaseErrorKind = 'lost' | 'conflict' | 'exhausted' | 'refused';

const lostStates = new Set(['57P01', '57P02', '57P03', '57P05', '25006']);
const conflictStates = new Set(['YK001', '23505', '40001', '40P01']);

/**
 * SQLSTATE of an error of the server, else undefined. The only part of an error that may be logged.
 */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** What an error of the driver means for the batch that met it. */
export function kindOfDatabaseError(error: unknown): DatabaseErrorKind {
  const state = sqlStateOf(error);
  if (state === undefined) return isOwnMistake(error) ? 'refused' : 'lost';
  if (state.startsWith('08') || lostStates.has(state)) return 'lost';
  if (conflictStates.has(state) || isOfNewMonth(error)) return 'conflict';
  if (state.startsWith('53') || state.startsWith('58') || state === '57014') return 'exhausted';
  return 'refused';
}

/**
 * A row that was on its way to the default partition when its month was made: written again, it finds its
 * place. A broken CHECK has the same state and a name.
 */
function isOfNewMonth(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return error.code === '23514' && error.constraint === undefined;
}

/** The driver reports a broken connection as a plain Error; these come from code of ours. */
function isOwnMistake(error: unknown): boolean {
  return [TypeError, RangeError, SyntaxError, InvariantViolation, NoResultError].some(
    (kind) => error instanceof kind,
  );
}

/**
 * Awaits work that may simply be done again: a read, or a write of reference data.
 * @throws StoreUnavailable when the database is away or takes no more; the error itself otherwise
 */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const kind = kindOfDatabaseError(error);
    if (kind === 'lost' || kind === 'exhausted') {
      throw new StoreUnavailable('the database is away', { cause: error });
    }
    throw error;
  }
}
