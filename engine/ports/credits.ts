import type { CreditId, PersonKey } from '../base/ids/ids.ts';
import type { Fen } from '../base/money/fen.ts';
import type { Credit, CreditKind } from '../domain/credit/credit.ts';
import type { FileKey } from '../domain/files/file-key.ts';

/** A file of credits as its head describes it. */
export type CreditFile = {
  readonly key: FileKey;
  /** SHA-256 of its rows, hex. */
  readonly hash: string;
  readonly rows: number;
  readonly total: Fen;
  /** The file whose posted credits it takes back. */
  readonly reverses: FileKey | undefined;
};

/** Who did something with a file, and when (ms). */
export type Act = { readonly by: string; readonly at: number };

export type RecordedCreditFile = CreditFile & {
  readonly proposed: Act;
  readonly released: Act | undefined;
  readonly withdrawn: Act | undefined;
  /** Of the last time that all rows were tried; undefined: never, or it was broken off. */
  readonly doneAt: number | undefined;
  readonly posted: number;
  /** Rows that were not posted when they were tried last. */
  readonly refused: number;
};

/** A row of a file that waits to be posted. */
export type CreditOrder = {
  readonly key: PersonKey;
  readonly creditId: CreditId;
  readonly line: number;
  /** The insurer's own number of the credit. */
  readonly reference: string;
  readonly kind: CreditKind;
  readonly amount: Fen;
  readonly reverses: CreditId | undefined;
};

/** A row that was not posted, and why (a code of the error registry). */
export type RefusedOrder = CreditOrder & { readonly refusal: string };

/** What speaks against a row before anything is posted. */
export type OrderFault = 'unknown-person' | 'known-reference';

/** Another file has the key, or these rows; or they were put forward at this very moment. */
export type ProposalFault = 'key-taken' | 'rows-taken';

/** Files of credits (个人账户划拨文件) and what was posted of them. */
export type CreditRecords = {
  findFile(key: FileKey): Promise<RecordedCreditFile | undefined>;
  /** The file with these rows that is not withdrawn. */
  findByHash(hash: string): Promise<FileKey | undefined>;
  faultsOf(
    source: string,
    orders: readonly Pick<CreditOrder, 'key' | 'reference'>[],
  ): Promise<readonly (OrderFault | undefined)[]>;
  /** Puts a file forward: with all its rows, or not at all. */
  propose(
    file: CreditFile,
    orders: () => AsyncIterable<readonly CreditOrder[]>,
    at: number,
  ): Promise<ProposalFault | undefined>;
  /** What a file has posted and nobody has taken back, in parts. */
  postedOf(key: FileKey): AsyncIterable<readonly (Credit & { readonly reference: string })[]>;
  /** Under the caller's login. */
  release(key: FileKey, at: number): Promise<void>;
  /** Under the caller's login; its rows may be put forward again. */
  withdraw(key: FileKey, at: number): Promise<void>;
  /** Rows that are not posted, in the order of shard and line. @param after the last one of before */
  unposted(
    key: FileKey,
    after: CreditOrder | undefined,
    limit: number,
  ): Promise<readonly CreditOrder[]>;
  noteRefusals(key: FileKey, refused: readonly RefusedOrder[], at: number): Promise<void>;
  finish(key: FileKey, refused: number, at: number): Promise<void>;
  refusedOf(key: FileKey, limit: number): Promise<readonly RefusedOrder[]>;
  listFiles(limit: number): Promise<readonly RecordedCreditFile[]>;
  /** The insured region; undefined: nobody of this number. */
  regionOf(key: PersonKey): Promise<string | undefined>;
  /** The newest first; undefined: nobody of this number. */
  creditsOf(key: PersonKey, limit: number): Promise<readonly Credit[] | undefined>;
};
