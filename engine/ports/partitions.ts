import type { Result } from '../base/errors/result.ts';

/** What grows with every settlement stands in months, so that old ones can be taken away whole. */
export type Partitions = {
  /** Makes the month of `at` (ms) and the two after it, as far as they are missing. @returns how many were */
  addMonths(at: number): Promise<number>;
  /** Newest first. */
  listMonths(): Promise<readonly MonthPartition[]>;
  /**
   * Takes a month out of the books: what its entries came to is carried, its tables stay for whoever archives
   * them. Nothing is changed where it says why not.
   */
  detachMonth(month: string): Promise<Result<void, WhyPartitionKept>>;
};

/** `month`: "2026_11". `bytes` on disk, indexes included. */
export type MonthPartition = { readonly month: string; readonly bytes: number };

/**
 * too-young: it is not over by half a year. waits-for-bank: a sale or refund of it does. not-there: the books
 * have no such month. no-right: for the tables' owner only.
 */
export type WhyPartitionKept = 'too-young' | 'waits-for-bank' | 'not-there' | 'no-right';
