import type { ErrorCode } from '../base/errors/error-registry.ts';
import type { CardId } from '../base/ids/ids.ts';
import type { CardBank, NewWorkItem } from './card-messages.ts';

/**
 * What the banks have said, as it was recorded. Rejects with StoreUnavailable while the database is away.
 */
export type BankNotices = {
  findBank(code: string): Promise<CardBank | undefined>;
  /** @param shard of the card's person */
  findNotice(shard: number, cardId: CardId, sequence: number): Promise<RecordedNotice | undefined>;
  /** Number of the card's last recorded notice; 0: there is none. */
  lastNotice(shard: number, cardId: CardId): Promise<number>;
  /** Records what came of a notice, once. `item`: what people must look at, in the same transaction. */
  record(notice: NewNotice, item: NewWorkItem | undefined): Promise<void>;
  /** A work item about a notice that is not recorded. A second one about the same changes nothing. */
  addWorkItem(of: NoticeName, item: NewWorkItem): Promise<void>;
  /** The cards of a batch that was sent to this bank. */
  cardsOfBatch(bank: string, batchNo: number): Promise<ReadonlySet<string>>;
  /** Records a file. @returns the digest that is recorded under its number: another one contradicts */
  beginFile(file: NewReviewFile): Promise<string>;
  endFile(file: NewReviewFile, refused: number, at: number): Promise<void>;
};

export type NoticeName = {
  readonly shard: number;
  readonly cardId: CardId;
  readonly sequence: number;
};

export type RecordedNotice = {
  readonly digest: string;
  readonly outcome: 'taken' | 'refused';
  readonly code: ErrorCode | undefined;
};

export type NewNotice = NoticeName &
  RecordedNotice & {
    readonly bank: string;
    readonly kind: string;
    /** ms */
    readonly receivedAt: number;
  };

export type NewReviewFile = {
  readonly bank: string;
  readonly fileNo: number;
  readonly batchNo: number;
  readonly digest: string;
  readonly rows: number;
  /** ms */
  readonly receivedAt: number;
};
