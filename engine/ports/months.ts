/** What grows with every settlement stands in months, so that old ones can be taken away whole. */
export type Months = {
  /** Makes the month of `at` (ms) and the two after it, as far as they are missing. @returns how many were */
  addMonths(at: number): Promise<number>;
  /** Newest first. */
  listMonths(): Promise<readonly MonthOfBooks[]>;
  /**
   * Takes a month out of the books: what its entries came to is carried, its tables stay for whoever archives
   * them. Refused while the month is younger than half a year.
   */
  detachMonth(month: string): Promise<void>;
};

/** `month`: "2026_11". `bytes` on disk, indexes included. */
export type MonthOfBooks = { readonly month: string; readonly bytes: number };
