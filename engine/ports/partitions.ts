import type { Result } from '../base/errors/result.ts';

/** Monthly partitions of the tables that grow with every settlement; an old month is detached as a whole. */
export type Partitions = {
  /** Creates the missing partitions of the month of `at` (ms) and of the next two. @returns how many */
  createAhead(at: number): Promise<number>;
  /** Newest first. */
  list(): Promise<readonly MonthPartition[]>;
  /**
   * Detaches a month. The sums of its entries are carried forward and its tables stay, to be archived.
   * @returns why not; then nothing was changed
   */
  detach(month: string): Promise<Result<void, KeepReason>>;
};

/** `month`: "2026_11". `bytes` on disk, indexes included. */
export type MonthPartition = { readonly month: string; readonly bytes: number };

/**
 * Why a month is not detached. too-young: it ended less than half a year ago. waits-for-bank: a settlement or
 * refund of it does. not-there: no such month is attached. no-right: this login does not own the tables.
 */
export type KeepReason = 'too-young' | 'waits-for-bank' | 'not-there' | 'no-right';
