import type { CardId } from '../base/ids/ids.ts';
import type { ListName, ListRow } from '../domain/invalid-list/list-file.ts';
import type { ListIssuer, ListOnRecord } from './invalid-lists.ts';

/** An import that has not come to its end. */
export type OpenImport = {
  readonly version: number;
  readonly rowsDone: number;
  /** ms */
  readonly changedAt: number;
};

export type ListState = ListOnRecord & { readonly open: OpenImport | undefined };

/** A card on a list in force. */
export type ListedCard = ListName & {
  readonly cardId: CardId;
  readonly reason: string;
  readonly version: number;
};

/** When a card was on a list: from one version to another, and when these came into force here, ms. */
export type ListedSpan = ListName & {
  readonly reason: string;
  readonly fromVersion: number;
  readonly fromAt: number | undefined;
  readonly untilVersion: number | undefined;
  readonly untilAt: number | undefined;
};

/** Versions that were in force together: "city 441900" to version. */
export type ListSet = {
  readonly setNo: number;
  readonly versions: Readonly<Record<string, number>>;
  /** ms */
  readonly madeAt: number;
};

/**
 * What is known of the invalid lists. All methods reject with StoreUnavailable while the database is
 * away.
 */
export type InvalidListReads = {
  /** Version -1: no version was in force yet, and the first import is under way. */
  lists(): Promise<readonly ListState[]>;
  issuers(): Promise<readonly ListIssuer[]>;
  /** Entries in force of these cards, those that follow a card's own row among them. */
  listed(cardIds: readonly CardId[]): Promise<readonly ListedCard[]>;
  history(cardId: CardId): Promise<readonly ListedSpan[]>;
  /** The set that a decision names; undefined: no such set. */
  set(setNo: number): Promise<ListSet | undefined>;
  /** The set in force. */
  currentSet(): Promise<ListSet>;
  /**
   * What leads from one version to another, in the order of a file.
   * @param after the last card of the page before
   * @returns at most `rowsMax` rows, and all of its last card
   */
  changes(
    span: ChangeSpan,
    after: CardId | undefined,
    rowsMax: number,
  ): Promise<readonly ListRow[]>;
  /** The cards of a version by id. */
  entries(
    list: ListName & { readonly version: number },
    after: CardId | undefined,
    rowsMax: number,
  ): Promise<readonly ListRow[]>;
};

export type ChangeSpan = ListName & {
  /** Exclusive, and inclusive. */
  readonly since: number;
  readonly until: number;
};
