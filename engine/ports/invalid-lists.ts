import type { Result } from '../base/errors/result.ts';
import type { SigningKey } from '../base/signatures/verify-signature.ts';
import type { ListName, ListRow } from '../domain/invalid-list/list-file.ts';

/** A list as it is in force. */
export type ListOnRecord = ListName & {
  readonly version: number;
  readonly entries: number;
  /** Undefined: not known, so only a full list may follow. */
  readonly listHash: string | undefined;
  /** Of the file that brought this version; undefined: none did. */
  readonly fileHash: string | undefined;
  /** When the issuer made it, and when it came here, ms. */
  readonly issuedAt: number;
  readonly loadedAt: number;
  readonly isKeptHere: boolean;
};

export type ListIssuer = ListName &
  SigningKey & {
    readonly keyId: string;
    readonly addedAt: number;
    readonly revokedAt: number | undefined;
  };

/** An import of a file whose form and signature are right. */
export type ListImport = ListName & {
  readonly version: number;
  readonly base: number | undefined;
  /** The version in force that it follows; undefined: there is no such list yet. */
  readonly follows: number | undefined;
  readonly fileHash: string;
  /** The list is made of the cards on record here, and its entries follow them. */
  readonly isKeptHere: boolean;
  /** ms */
  readonly at: number;
};

/** Rows that follow each other in the file. */
export type ListPart = {
  /** Rows of the file before these. */
  readonly rowsBefore: number;
  readonly rows: readonly ListRow[];
  readonly isLast: boolean;
};

export type ListChange = { readonly added: number; readonly removed: number };

/** What a list is when the import has ended. */
export type ListVersion = {
  readonly rows: number;
  readonly entries: number;
  readonly listHash: string;
  readonly issuedAt: number;
  /** Undefined: no file brought it. */
  readonly signed: { readonly keyId: string; readonly signature: string } | undefined;
};

/**
 * `elsewhere`: another process imports the same list. `misfit`: the row at this place of the part (from
 * 0) takes off a card that is not listed, or lists one that is.
 */
export type ListConflict =
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'misfit'; readonly place: number };

/**
 * Invalid lists on record. A version is prepared in parts beside the one in force, and put in force by
 * one small transaction. All methods reject with StoreUnavailable while the database is away.
 */
export type InvalidLists = {
  find(name: ListName): Promise<ListOnRecord | undefined>;
  issuer(keyId: string): Promise<ListIssuer | undefined>;
  /**
   * Begins an import, or goes on with the same one; what another left behind is undone first.
   * @returns rows that are done already
   */
  begin(order: ListImport): Promise<number>;
  /** Prepares a part; durable with `finish` at the latest. */
  apply(order: ListImport, part: ListPart): Promise<Result<ListChange, ListConflict>>;
  /** Puts the version in force. @returns what changed against the version before, undefined: elsewhere */
  finish(order: ListImport, version: ListVersion): Promise<ListChange | undefined>;
  /** Undoes what was prepared. */
  abandon(name: ListName): Promise<void>;
};
