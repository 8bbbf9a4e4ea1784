/** Why the books are taken for restored; `first-start`: they are not. */
export type RestoreCause =
  | 'first-start'
  | 'operator'
  | 'other-database'
  | 'traces-behind'
  | 'bank-copy';

/** `tried`: cards with a wrong PIN entry standing are locked. `all`: every other card keeps one entry. */
export type CardCaution = 'tried' | 'all';

export type RestoreOrder = {
  readonly cause: RestoreCause;
  /** ms */
  readonly at: number;
  readonly cards: CardCaution;
  /** Highest trace position that is known to have been given out, if more than the database knows. */
  readonly tracesGiven: bigint | undefined;
};

/** What was done to books that are taken for restored. */
export type RestoreNote = {
  /** Batch from which trace numbers go on. */
  readonly batch: number;
  readonly cardsLocked: number;
  /** Bank legs that were open at the backup; they are reversed or repeated as after a crash. */
  readonly openLegs: number;
  /** ms; the last settlement that the books know. Later ones are at the bank and the terminals only. */
  readonly lastSettlementAt: number | undefined;
};

/** Where the books stand, by the database's own word. */
export type BooksState = {
  /** Undefined: no engine has started on these books yet. */
  readonly books: string | undefined;
  /** Is this the database in which they were last seen? */
  readonly isSameDatabase: boolean;
  /** Highest trace position given out. */
  readonly tracesGiven: bigint;
  /** Were the invalid lists loaded before the last restore? */
  readonly areListsOutdated: boolean;
};

/** Restores of the database. All methods reject with StoreUnavailable while it is away. */
export type Restores = {
  read(): Promise<BooksState>;
  /**
   * Takes precautions against what was forgotten, in one transaction: trace numbers go on where none was
   * given out, terminals sign in again, cards keep fewer PIN entries, invalid lists count as outdated.
   * @returns undefined: somebody else did it meanwhile
   */
  note(order: RestoreOrder): Promise<RestoreNote | undefined>;
  /** Operators have compared the invalid lists with the issuers' current ones. @param at ms */
  confirmLists(at: number): Promise<void>;
};
